# The part of BearSSL that the firmware calls, from the source in BEARSSL_DIR, with the settings of a 32-bit board.

set(BEARSSL_SOURCES
    codec/ccopy codec/dec32be codec/dec32le codec/enc32be codec/enc32le ec/ec_c25519_m15 hash/sha2small
    symcipher/chacha20_ct symcipher/poly1305_ctmul32)
list(TRANSFORM BEARSSL_SOURCES PREPEND ${BEARSSL_DIR}/src/)
list(TRANSFORM BEARSSL_SOURCES APPEND .c)
# As the boards' SDKs have it.
file(MAKE_DIRECTORY ${CMAKE_CURRENT_BINARY_DIR}/include)
file(CREATE_LINK ${BEARSSL_DIR}/inc ${CMAKE_CURRENT_BINARY_DIR}/include/bearssl SYMBOLIC)
add_library(bearssl STATIC ${BEARSSL_SOURCES})
# Not ours to judge.
target_compile_options(bearssl PRIVATE -w)
target_compile_definitions(bearssl PRIVATE BR_LOMUL=1 BR_64=0 BR_INT128=0 BR_UMUL128=0 BR_LE_UNALIGNED=0
    BR_BE_UNALIGNED=0 BR_USE_UNIX_TIME=0 BR_USE_URANDOM=0 BR_USE_GETENTROPY=0 BR_RDRAND=0)
target_include_directories(bearssl SYSTEM PUBLIC ${CMAKE_CURRENT_BINARY_DIR}/include PRIVATE ${BEARSSL_DIR}/inc
    ${BEARSSL_DIR}/src)

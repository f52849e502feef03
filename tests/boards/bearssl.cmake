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
# What its TLS takes beside that of one handshake: signatures and curves, as the boards' multiplications of 15 bits choose
# them. Apart, for its size is not the core's.
file(GLOB BEARSSL_TLS_SOURCES ${BEARSSL_DIR}/src/int/i15_*.c)
foreach(name ec_all_m15 ec_default ec_p256_m15 ec_prime_i15 ec_secp256r1 ec_secp384r1 ec_secp521r1 ecdsa_atr
        ecdsa_default_vrfy_asn1 ecdsa_i15_bits ecdsa_i15_vrfy_asn1 ecdsa_i15_vrfy_raw)
  list(APPEND BEARSSL_TLS_SOURCES ${BEARSSL_DIR}/src/ec/${name}.c)
endforeach()
foreach(name rsa_default_pkcs1_vrfy rsa_i15_pkcs1_vrfy rsa_i15_pub rsa_pkcs1_sig_unpad)
  list(APPEND BEARSSL_TLS_SOURCES ${BEARSSL_DIR}/src/rsa/${name}.c)
endforeach()
add_library(bearssl_tls STATIC EXCLUDE_FROM_ALL ${BEARSSL_TLS_SOURCES})
target_link_libraries(bearssl_tls PUBLIC bearssl)

foreach(library bearssl bearssl_tls)
  # Not ours to judge.
  target_compile_options(${library} PRIVATE -w)
  target_compile_definitions(${library} PRIVATE BR_LOMUL=1 BR_64=0 BR_INT128=0 BR_UMUL128=0 BR_LE_UNALIGNED=0
      BR_BE_UNALIGNED=0 BR_USE_UNIX_TIME=0 BR_USE_URANDOM=0 BR_USE_GETENTROPY=0 BR_RDRAND=0)
  target_include_directories(${library} SYSTEM PUBLIC ${CMAKE_CURRENT_BINARY_DIR}/include PRIVATE ${BEARSSL_DIR}/inc
      ${BEARSSL_DIR}/src)
endforeach()

# The part of libsodium that the firmware calls, from the source in LIBSODIUM_DIR, configured without its configure.

set(SODIUM_DIR ${LIBSODIUM_DIR}/src/libsodium)
file(STRINGS ${LIBSODIUM_DIR}/configure.ac SODIUM_INIT REGEX "^AC_INIT")
string(REGEX MATCH "[0-9]+\\.[0-9]+\\.[0-9]+" VERSION "${SODIUM_INIT}")
set(SODIUM_LIBRARY_VERSION_MAJOR 26)
set(SODIUM_LIBRARY_VERSION_MINOR 2)
configure_file(${SODIUM_DIR}/include/sodium/version.h.in ${CMAKE_CURRENT_BINARY_DIR}/include/sodium/version.h @ONLY)

set(SODIUM_SOURCES
    crypto_core/ed25519/ref10/ed25519_ref10 crypto_core/hchacha20/core_hchacha20
    crypto_hash/sha256/cp/hash_sha256_cp crypto_hash/sha256/hash_sha256
    crypto_onetimeauth/poly1305/donna/poly1305_donna crypto_onetimeauth/poly1305/onetimeauth_poly1305
    crypto_scalarmult/crypto_scalarmult crypto_scalarmult/curve25519/ref10/x25519_ref10
    crypto_scalarmult/curve25519/scalarmult_curve25519
    crypto_stream/chacha20/ref/chacha20_ref crypto_stream/chacha20/stream_chacha20
    crypto_verify/verify randombytes/randombytes sodium/core sodium/runtime sodium/utils)
list(TRANSFORM SODIUM_SOURCES PREPEND ${SODIUM_DIR}/)
list(TRANSFORM SODIUM_SOURCES APPEND .c)
add_library(sodium STATIC ${SODIUM_SOURCES})
# Not ours to judge.
target_compile_options(sodium PRIVATE -w)
target_compile_definitions(sodium PRIVATE CONFIGURED=1 HAVE_WEAK_SYMBOLS=1 HAVE_INLINE_ASM=1)
target_include_directories(sodium SYSTEM PUBLIC
    ${SODIUM_DIR}/include ${SODIUM_DIR}/include/sodium ${CMAKE_CURRENT_BINARY_DIR}/include)

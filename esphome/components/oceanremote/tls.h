#pragma once
// The TLS library of this platform, each driven in the same way.

#include "esphome/core/defines.h"

#if defined(OCEANREMOTE_TLS_OPENSSL)
#include "stream_tls_openssl.h"
#elif defined(OCEANREMOTE_TLS_MBEDTLS)
#include "stream_tls_mbedtls.h"
#else
#include "stream_tls_bearssl.h"
#endif

namespace esphome::oceanremote {

#if defined(OCEANREMOTE_TLS_OPENSSL)
using PlatformTlsStream = OpensslStream;
#elif defined(OCEANREMOTE_TLS_MBEDTLS)
using PlatformTlsStream = MbedtlsStream;
#else
using PlatformTlsStream = BearsslStream;
#endif

}  // namespace esphome::oceanremote

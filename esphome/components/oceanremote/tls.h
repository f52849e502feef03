#pragma once
// The TLS library of this platform, each driven in the same way. In a build without TLS, which includes it all the same
// (ESPHome's esphome.h names every header), there is none.

#include "esphome/core/defines.h"

#if defined(OCEANREMOTE_TLS_OPENSSL)
#include "stream_tls_openssl.h"
#elif defined(OCEANREMOTE_TLS_MBEDTLS)
#include "stream_tls_mbedtls.h"
#elif defined(OCEANREMOTE_TLS_BEARSSL)
#include "stream_tls_bearssl.h"
#endif

namespace esphome::oceanremote {

#if defined(OCEANREMOTE_TLS_OPENSSL)
using PlatformTlsStream = OpensslStream;
#elif defined(OCEANREMOTE_TLS_MBEDTLS)
using PlatformTlsStream = MbedtlsStream;
#elif defined(OCEANREMOTE_TLS_BEARSSL)
using PlatformTlsStream = BearsslStream;
#endif

}  // namespace esphome::oceanremote

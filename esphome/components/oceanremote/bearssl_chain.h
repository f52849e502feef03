#pragma once
// Judges a certificate chain as it comes, piece by piece: BearSSL's own engine for signatures and constraints, with its
// anchor looked up in flash and its dates taken over, for Debian's BearSSL has no hook for either.

#include "esphome/core/defines.h"
#ifdef OCEANREMOTE_TLS_BEARSSL

#include "esphome/components/oceanremote_core/signature_pieces.h"
#include "esphome/components/oceanremote_core/tls_trust.h"

namespace esphome::oceanremote {

/// What of a certificate is looked at by this device: all up to the public key, and of the server's own all where its
/// names are read here.
inline constexpr size_t CERTIFICATE_HEAD_MAX = 2048;

/// As many certificates of a chain are verified, in one pass if they come in one record; Let's Encrypt's have up to
/// five.
inline constexpr uint8_t VERIFIED_CERTIFICATES_MAX = 8;

class BearsslChain {
 public:
  BearsslChain(const TlsJudge &judge, const char *host);
  BearsslChain(const BearsslChain &) = delete;
  BearsslChain &operator=(const BearsslChain &) = delete;

  /// For br_ssl_engine_set_x509().
  [[nodiscard]] const br_x509_class **engine() { return &this->self_.vtable; }
  /// For br_ssl_engine_set_ec(), as long as this lives: the server's own signature is verified by the same.
  [[nodiscard]] const br_ec_impl *curves() const { return &this->curves_; }
  /// Why the chain was refused.
  [[nodiscard]] Error error() const { return this->error_; }

 private:
  /// BearSSL hands this back: its first member is how it knows the class.
  struct Self {
    const br_x509_class *vtable;
    BearsslChain *chain;
  };

  static const br_x509_class CLASS;
  static BearsslChain &of(const br_x509_class *const *context) {
    return *reinterpret_cast<const Self *>(context)->chain;
  }
  static void start_chain(const br_x509_class **context, const char *server_name);
  static void start_certificate(const br_x509_class **context, uint32_t length);
  static void append(const br_x509_class **context, const unsigned char *data, size_t size);
  static void end_certificate(const br_x509_class **context);
  static unsigned end_chain(const br_x509_class **context);
  static const br_x509_pkey *get_key(const br_x509_class *const *context, unsigned *usages);

  [[nodiscard]] const br_x509_class **minimal_() { return &this->minimal_context_.vtable; }
  /// The names are read here where BearSSL does not: addresses, and certificates that only a pin vouches for.
  [[nodiscard]] bool reads_names_() const { return this->is_address_ || !this->looks_at_chain_; }
  [[nodiscard]] bool wants_whole_() const { return this->is_leaf_ && this->reads_names_(); }
  [[nodiscard]] bool verifies_() const { return this->looks_at_chain_ && this->count_ <= VERIFIED_CERTIFICATES_MAX; }
  void take_(const unsigned char *data, size_t size);
  /// Judges what was gathered of the present certificate and hands it on.
  void judge_head_(const Certificate &parts);
  void set_anchor_(const Certificate &parts);
  void set_time_(const Certificate &parts);
  void keep_leaf_(const Certificate &parts);
  void note_(Error error) {
    if (this->error_ == Error::NONE)
      this->error_ = error;
  }
  [[nodiscard]] Error conclude_();

  Self self_;
  const TlsJudge &judge_;
  const char *host_;
  const br_ec_impl curves_{SignaturePieces::curves()};
  br_x509_minimal_context minimal_context_;
  br_x509_trust_anchor anchor_{};
  br_x509_pkey leaf_key_{};
  Error error_{Error::NONE};
  bool looks_at_chain_;
  bool is_address_;
  bool is_leaf_{true};
  uint8_t count_{0};    ///< of certificates, the present one included
  bool judged_{false};  ///< the present certificate's head
  size_t head_size_{0};
  uint8_t head_[CERTIFICATE_HEAD_MAX];
  uint8_t anchor_key_[ANCHOR_KEY_MAX];
  uint8_t leaf_key_bytes_[ANCHOR_KEY_MAX];
};

}  // namespace esphome::oceanremote

#endif  // OCEANREMOTE_TLS_BEARSSL

// Every function of the challenge component, which is a template, for each of its hashes.

#include "../../../esphome/components/oceanremote_challenge/challenge_server.h"

namespace esphome::oceanremote_challenge {

template class ChallengeServer<challenge::Sha1, 2>;
template class ChallengeServer<challenge::Sha256, 4>;
template class ChallengeServer<challenge::Sha512, 8>;

}  // namespace esphome::oceanremote_challenge

#pragma once
// What headers name of the boards' cryptographic library; nothing of it is called.

struct br_sha256_context {};

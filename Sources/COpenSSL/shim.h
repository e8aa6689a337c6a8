#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <openssl/params.h>
#include <openssl/rand.h>

// A macro of a form that Swift does not import.
static inline int voc_public_key(void) { return EVP_PKEY_PUBLIC_KEY; }

#ifdef __linux__
#include <sys/prctl.h>
// `prctl` is variadic, which Swift does not import.
static inline int voc_forbid_dumps(void) { return prctl(PR_SET_DUMPABLE, 0, 0, 0, 0); }
#endif

#include <sys/random.h>
#include <unistd.h>
// Up to 256 bytes of the kernel's generator; 0 when they are there.
static inline int voc_kernel_random(void *bytes, size_t count) { return getentropy(bytes, count); }

#ifdef __GLIBC__
#include <malloc.h>
// Not in Swift's Glibc module.
static inline int voc_return_freed_memory(void) { return mallopt(M_TRIM_THRESHOLD, 8 * 1024 * 1024); }
#endif

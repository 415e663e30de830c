#ifndef DECODE_ENCRYPTED_H
#define DECODE_ENCRYPTED_H
/*
 * encrypted: a package of Office 2007 and later under a password ([MS-OFFCRYPTO] 2.3.4: standard and agile encryption),
 * as the stream that it was. Private to the decode layer.
 *
 * A wrong password is told by the verifier that the file carries, so each is tried at the price of its key derivation.
 */
#include "cfb.h"

#include <openssl/evp.h>

struct encrypted {
    struct feed feed; /* first: the package */
    struct cfb_stream *in;
    struct dye_span piece;
    uint64_t left; /* of the package */
    EVP_CIPHER_CTX *cipher;
    bool agile;
    const EVP_MD *hash;
    uint8_t salt[64], key[64];
    size_t salt_n, key_n;
    uint32_t segment;
    uint8_t out[4096];
};

/*
 * Opens the streams EncryptionInfo and EncryptedPackage with the first of the input's passwords that fits, or the one
 * that Excel itself takes for none. *ret is NULL when none does: then *ret_fault is "encrypted" or, for a scheme that
 * is not read here, "unsupported". DYE_OK or DYE_E_NOMEM.
 */
enum dye_status encrypted_open(const struct dye_decode_input *from, struct cfb *c, struct encrypted **ret,
                               const char **ret_fault);
void encrypted_close(struct encrypted *e);

#endif

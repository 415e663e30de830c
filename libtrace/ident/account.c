/*
 * account: what an issuer calls a customer, a member, a household or a contract by. No national form: opaque. Only
 * (issuer, value) says whose it is; a row shows the value, and the issuer is the source that it was planted in.
 * No default space: a pool of voided numbers, since digits of no known shape are somebody's with every other issuer.
 */
#include "kind.h"
#include "opaque.h"

const struct kind_row kind_account = {.name = "account", .scanned = true, .parse = opaque_parse, .masks = opaque_masks};

/* Who signed what of a push.
 *
 * Every mutation names the hash of its replica's previous one, so a signature on one vouches for
 * all before it, as long as all of them stand in the log.  So an item needs its own signature
 * checked only when the next item of the push does not follow it, or will not be kept. */
#include "common/seal/sign.h"
#include "server/core/inside.h"

/* Whether next is the mutation after item, and new: then it is kept if item is. */
static bool follows(const struct mu_push_item *item, const struct mu_push_item *next)
{
    return next->readable && !next->known && next->authentic &&
           mu_id_equal(next->mutation.replica, item->mutation.replica) &&
           next->mutation.number == item->mutation.number + 1 &&
           mu_hash_equal(next->mutation.previous, item->hash);
}

/* After these the device may have no right to a next one. */
static bool may_end_rights(const struct mu_push_item *item)
{
    switch (item->mutation.intent.number) {
    case MU_INTENT_DEVICE_REVOKE:
    case MU_INTENT_PERSON_REMOVE:
        return true;
    default:
        return false;
    }
}

void mu_vouch(const uint8_t sign_key[static MU_SIGN_PK_LEN], struct mu_push_item *items,
              size_t count)
{
    for (size_t i = count; i-- > 0;) {
        struct mu_push_item *item = &items[i];
        if (!item->readable) {
            continue;
        }
        bool vouched = i + 1 < count && !may_end_rights(item) && follows(item, &items[i + 1]);
        item->authentic = vouched || mu_sign_verify(sign_key, MU_SIGN_MUTATION, item->pushed.bytes,
                                                    item->pushed.signature.data);
    }
}

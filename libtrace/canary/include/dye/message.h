#ifndef DYE_MESSAGE_H
#define DYE_MESSAGE_H
/*
 * message: a persona as the systems of a hospital exchange it: entries of a FHIR R4 transaction bundle, or an HL7 v2.5
 * message of admission, discharge and transfer (ADT). What is written is what the sector's records have: which field a
 * value goes to follows from its column's kind, and of a person's several records the first one counts. The sector has
 * an mrn column and the person an mrn (DYE_E_USAGE otherwise): it is what the receiver knows a patient by.
 *
 * Nothing in a message tells a canary from anybody else: no tag, no extension, and no number that could be computed
 * from the registry or from the record without the seeder's key.
 *
 * All functions append to ret, which may hold a part of the message after DYE_E_LIMIT and DYE_E_NOMEM from the buffer.
 */
#include "dye/canary.h"
#include "dye/text.h"

/* How two systems call each other. Texts are UTF-8; "" where the receiver does not care. */
struct dye_exchange {
    char application[64], facility[64];                   /* HL7: who sends */
    char receiver_application[64], receiver_facility[64]; /* HL7: who receives */
    char authority[64];                                   /* HL7: who assigned the mrn */
    char system[DYE_KIND_COUNT][128]; /* FHIR: the URI of each kind of number; a kind without one is left out */
    char visit_system[128];           /* FHIR: of visits; "" writes none */
    enum dye_charset charset;         /* HL7: DYE_CHARSET_UTF8 or DYE_CHARSET_GB18030 */
};
/* For a file that no connector sends: the institution's own name, cut to what fits, and identifier URIs made from it
 * (percent-encoded; of "hospital" where it is too long for one); the resident ID under its national OID. */
DYE_API void dye_exchange_init(struct dye_exchange *x, const char *institution);

/*
 * What the messages of one placement carry besides the person. The same placement has the same stamp every time, so
 * that a receiver recognises a repeat; without `key` nobody can compute it.
 */
struct dye_stamp {
    char control[20];        /* MSH-10 of the message that plants, decimal */
    char control_delete[20]; /* and of the one that takes back */
    char patient_uuid[37];   /* version 4 in form */
    struct {
        char number[13]; /* twelve digits */
        char uuid[37];
        int32_t days_ago; /* counted back from `when`: 0 of the first, the latest, and more of each further one */
    } visit[DYE_SECTOR_ROWS_MAX]; /* one for each record of the person */
    char when[15];                /* YYYYMMDDhhmmss in China's time, which has no other */
};
/* HMAC-SHA-256 under key; `when` is copied as it is. About 10 us. */
DYE_API void dye_stamp_make(const struct dye_key *key, const char *canary, char variant, const char *source,
                            const char *when, struct dye_stamp *ret);

/*
 * FHIR R4: {"resourceType":"Bundle","type":"transaction","entry":[ ... ]} with a line end, one bundle for all persons:
 * _begin, _person for each, _end, into one buffer. A person is a Patient and, where visits have a system, an Encounter
 * for each record that the sector has of the person, none before birth. All are created on the condition that their
 * identifier is not there yet (ifNoneExist), so that posting a bundle again creates nothing.
 */
DYE_MUST_CHECK DYE_API enum dye_status dye_fhir_begin(struct dye_buf *ret);
DYE_MUST_CHECK DYE_API enum dye_status dye_fhir_person(const struct dye_sector *s, const struct dye_persona *p,
                                                       const struct dye_exchange *x, const struct dye_stamp *stamp,
                                                       struct dye_buf *ret);
DYE_MUST_CHECK DYE_API enum dye_status dye_fhir_end(struct dye_buf *ret);
/* "identifier=SYSTEM|VALUE", percent-encoded: finds what was created. */
DYE_MUST_CHECK DYE_API enum dye_status dye_fhir_query(const char *system, struct dye_span value, struct dye_buf *ret);

/*
 * HL7 v2.5, each segment ended by CR: MSH, EVN, PID, PV1. A04 registers an outpatient and A28 adds a person; A23 and
 * A29 take them back.
 */
enum dye_hl7_event { DYE_HL7_A04, DYE_HL7_A28, DYE_HL7_A23, DYE_HL7_A29 };
DYE_MUST_CHECK DYE_API enum dye_status dye_hl7_message(const struct dye_sector *s, const struct dye_persona *p,
                                                       const struct dye_exchange *x, const struct dye_stamp *stamp,
                                                       enum dye_hl7_event event, struct dye_buf *ret);

/* What a receiver answers: MSA-1 and MSA-2 of its acknowledgement. Hostile input; only these two are read. */
enum dye_hl7_verdict { DYE_HL7_ACCEPTED, DYE_HL7_ERROR, DYE_HL7_REJECTED }; /* AA or CA, AE or CE, AR or CR */
struct dye_hl7_ack {
    enum dye_hl7_verdict verdict;
    char control[32]; /* of the message that it answers */
};
/* DYE_E_RECORD when it is no acknowledgement. O(n). */
DYE_MUST_CHECK DYE_API enum dye_status dye_hl7_ack_read(struct dye_span message, struct dye_hl7_ack *ret);

#endif

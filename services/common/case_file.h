#ifndef DYE_CASE_FILE_H
#define DYE_CASE_FILE_H
/*
 * case_file: a case in a file, to be counted without a home.
 *
 *   case: two-buyers
 *   dumps:
 *     d1: {A: 0, B: 12, C: 3000, canary: 5, duplicate: 40}       # net; what was left out is told and not counted
 *     d2:                                                        # or what is in it, to be counted first
 *       records: 6000
 *       canary_rows: 10
 *       kinds: [{kinds: [name, mobile], records: 6000}]          # records that hold exactly these
 *       columns: [{name: 诊断, filled: 5000}, {name: 手机号, kind: mobile, filled: 6000}]
 *       distinct: {mobile: 5500}                                 # exact; with canaries
 *       canaries: {mobile: 10}                                   # of these
 *       key: mobile                                              # else the law's choice
 *   persons:
 *     seller: {insider: true}
 *     studio: {lawful_business: true}
 *   acts:
 *     - {person: seller, did: sold, dump: d1, to: studio, income: 4999.99, at: 2026-03-01, records: 1000}
 *   overlaps:
 *     - {dumps: [d1, d2], common: 300}
 *
 * Who is named by `to` or `from` alone need not be among the persons.
 */
#include "case_model.h"
#include "yaml_doc.h"

/* From a file that is open, or from memory; `name` is for messages. Free with case_model_done. DYE_E_CONFIG with line
 * and column, DYE_E_USAGE, DYE_E_LIMIT. */
DYE_MUST_CHECK enum dye_status case_read(const char *path, FILE *f, const struct dye_law *law, struct case_model *ret,
                                         struct dye_error *err);
DYE_MUST_CHECK enum dye_status case_parse(const char *name, const char *text, size_t n, const struct dye_law *law,
                                          struct case_model *ret, struct dye_error *err);

#endif

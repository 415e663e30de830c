#ifndef DYE_SANDBOX_H
#define DYE_SANDBOX_H
enum sandbox_level { SANDBOX_NONE, SANDBOX_SECCOMP, SANDBOX_FULL };
enum sandbox_level sandbox_enter_decoder(void);
enum sandbox_level sandbox_probe(void);
const char *sandbox_level_name(enum sandbox_level level);
#endif

# A text file as a C array: cmake -DIN=file -DOUT=file.c -DSYMBOL=name -P embed.cmake
file(READ ${IN} hex HEX)
string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${hex}")
string(REGEX REPLACE "(....................................................................................................)" "\\1\n" bytes "${bytes}")
file(WRITE ${OUT} "#include <stddef.h>
extern const unsigned char ${SYMBOL}_text[];
extern const size_t ${SYMBOL}_text_bytes;
const unsigned char ${SYMBOL}_text[] = {${bytes}0};
const size_t ${SYMBOL}_text_bytes = sizeof ${SYMBOL}_text - 1;
")

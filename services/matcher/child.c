/*
 * dyetrace-decoder: the sandboxed processes of who decodes hostile bytes. It is started by dyetrace-scan, in ways that
 * decoder.h and helper.h say, and never by a person. The matcher is its own, since a daemon may have been started from
 * a folder that is out of its reach by now.
 */
#include "decoder.h"
#include "helper.h"

#include <stdio.h>
#include <string.h>

int main(int argc, char **argv)
{
    if (argc > 1 && strcmp(argv[1], DECODER_CHILD_ARG) == 0)
        return decoder_child_main(argc, argv);
    if (argc > 1 && strcmp(argv[1], HELPER_CHILD_ARG) == 0)
        return helper_child_main(argc, argv);
    fputs("dyetrace: dyetrace-decoder is started by other programs\n", stderr);
    return 2;
}

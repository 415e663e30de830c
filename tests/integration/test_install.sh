#!/usr/bin/env bash
# What `cmake --install` gives can be built against, by pkg-config and by CMake.
. "$(dirname "$0")/../support/home.sh"

prefix=$SCRATCH/prefix
exit_is "the build installs" 0 cmake --install "$BUILD_DIR" --prefix "$prefix"
library=$(find "$prefix" -name 'libdyetrace.so')
ok "with the shared library" test -n "$library"
export PKG_CONFIG_PATH=${library%/*}/pkgconfig LD_LIBRARY_PATH=${library%/*}

cat >"$SCRATCH/user.c" <<'C'
#include <dye/digest.h>
#include <stdio.h>
int main(void)
{
    uint8_t digest[DYE_DIGEST_MAX_BYTES];
    char hex[65];
    dye_digest_of(DYE_SHA256, dye_span_str("abc"), digest);
    dye_hex(digest, 32, hex);
    puts(hex);
    return 0;
}
C
want=ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad
cd "$SCRATCH" || exit
ok "and the manual page" test -e "$prefix/share/man/man1/dyetrace.1"
# shellcheck disable=SC2046 # pkg-config's words are several arguments
exit_is "a program builds by pkg-config" 0 gcc -Wall -Werror -o user user.c $(pkg-config --cflags --libs dyetrace)
exit_is "and runs" 0 ./user
is "with the right answer" "$OUT" "$want"

mkdir project && cp user.c project/
cat >project/CMakeLists.txt <<'CMAKE'
cmake_minimum_required(VERSION 3.25)
project(user C)
find_package(dyetrace 0.1 REQUIRED)
add_executable(user user.c)
target_link_libraries(user PRIVATE dyetrace::dyetrace)
CMAKE
exit_is "a project finds the CMake package" 0 cmake -G Ninja -S project -B project/build -DCMAKE_PREFIX_PATH="$prefix"
exit_is "and builds" 0 cmake --build project/build
exit_is "and runs too" 0 project/build/user
is "with the same answer" "$OUT" "$want"
is "every header stands alone" "$(for h in "$prefix"/include/dye/*.h; do
    echo "#include <dye/$(basename "$h")>" | gcc -std=c17 -D_GNU_SOURCE -Wall -Wextra -Werror -fsyntax-only -x c -I "$prefix/include" - 2>&1 | head -n 3
done)" ""
is "the library exports nothing but its own names" "$(nm -D --defined-only "$library" | awk '{ print $3 }' | grep -v '^dye_')" ""
finish

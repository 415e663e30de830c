#!/usr/bin/env bash
# The rules of the house that no compiler holds: run.sh BUILD_DIR. Prints TAP.
set -u
shopt -s lastpipe # check() counts in this shell, not in a pipe's
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../../.." && pwd)
build=$(cd "${1:?usage: run.sh BUILD_DIR}" && pwd) || exit 2
tmp=$(mktemp -d) || exit 2
trap 'rm -rf "$tmp"' EXIT
cd "$root" || exit 2

number=0
failed=0
# check NAME: passes when its standard input, a list of offences, is empty.
check() {
    local offences
    offences=$(cat)
    number=$((number + 1))
    if [ -z "$offences" ]; then
        echo "ok $number - $1"
    else
        echo "not ok $number - $1"
        echo "# ${offences//$'\n'/$'\n'# }"
        failed=1
    fi
}
skip() {
    number=$((number + 1))
    echo "ok $number - $1 # SKIP $2"
}

sources() { find "$@" -type f \( -name '*.c' -o -name '*.h' \) | sort; }
# The code alone, line numbers kept: without comments, and with strings emptied.
code() { "${CC:-cc}" -fpreprocessed -dD -E -w -x c "$1" | sed -E "/^# [0-9]/d; s/\"([^\"\\\\]|\\\\.)*\"/\"\"/g"; }

# ---- what each layer may use, from the build ----
declare -A uses allowed
layers=$(sed -nE 's/^include\((.*)\/layer\.cmake\)$/\1/p' libtrace/CMakeLists.txt)
for layer in $layers; do
    uses[$layer]=$(tr '\n' ' ' <"libtrace/$layer/layer.cmake" | sed -nE 's/.*USES (([a-z]+ +)+)[A-Z].*/\1/p' | xargs)
done
closure() {
    local all=$1 next
    for next in ${uses[$1]}; do all="$all $(closure "$next")"; done
    echo "$all" | tr ' ' '\n' | sort -u | xargs
}
for layer in $layers; do allowed[$layer]=$(closure "$layer"); done

# ---- purity ----
library=$build/libtrace/libdyetrace.so
banned_symbols='socket|connect|bind|listen|accept4?|send(to|msg|mmsg)?|recv(from|msg|mmsg)?|getaddrinfo|gethostby.*'
banned_symbols+='|clock|clock_gettime|clock_getres|time|times|ftime|gettimeofday|timespec_get|localtime(_r)?|mktime'
banned_symbols+='|(__)?v?f?printf(_chk)?|(__)?v?dprintf(_chk)?|puts|putchar|fputs|fputc|putc|fwrite|perror|stdout|stderr'
banned_symbols+='|err|errx|warn|warnx|error|v?syslog|openlog|sd_journal_.*|setlocale'
banned_symbols+='|PQ.*|event_.*|evbuffer_.*|bufferevent_.*|evhttp_.*|nats.*|curl_.*'
{
    if [ -f "$library" ]; then
        nm -D --undefined-only "$library" | awk '{print $2}' | sed 's/@.*//' |
            grep -xE "$banned_symbols" | sed 's/^/libdyetrace.so calls /'
        [ "$(nm -D --defined-only "$library" | grep -c ' T dye_')" -gt 20 ] || echo "libdyetrace.so exports next to nothing"
    else
        echo "$library is not there"
    fi
} | check "the library calls no socket, clock, printer, journal or database"

nm -D --defined-only "$library" | awk '$2 != "A" && $3 !~ /^(dye_|_|asan|ubsan)/ {print "libdyetrace.so exports " $3}' |
    check "the library exports dye_ names only"

for f in $(sources libtrace); do
    grep -nHE '#[[:space:]]*include[[:space:]]*[<"](sys/socket|sys/un|netdb|netinet/|arpa/|syslog|libpq|postgres|event|evhttp|nats|curl|sys/time|err\.h|error\.h)' "$f"
    code "$f" | grep -nE '(^|[^A-Za-z0-9_>.])(std(out|err)|clock_gettime|gettimeofday|time[[:space:]]*\((NULL|0|&))' |
        sed "s|^|$f:|"
done | check "no source of the library names a socket, a clock, a stream or a database"

# ---- layers ----
for layer in $layers; do
    for f in $(sources "libtrace/$layer"); do
        sed -nE 's/^[[:space:]]*#[[:space:]]*include[[:space:]]*[<"](dye\/[^>"]+)[>"].*/\1/p' "$f" | while read -r header; do
            owner=$(for l in $layers; do [ -f "libtrace/$l/include/$header" ] && echo "$l"; done)
            case " ${allowed[$layer]} " in
            *" ${owner:-nobody} "*) ;;
            *) echo "$f includes $header of ${owner:-nobody}; $layer may use: ${allowed[$layer]}" ;;
            esac
        done
    done
done | check "a layer includes its own headers and those it may use"

for layer in $layers; do
    for f in $(sources "libtrace/$layer"); do
        sed -nE 's/^[[:space:]]*#[[:space:]]*include[[:space:]]*"([^"]+)".*/\1/p' "$f" | grep -v '^dye/' | while read -r header; do
            [ -f "libtrace/$layer/$header" ] || [ -f "$build/libtrace/$layer/$header" ] ||
                echo "$f includes \"$header\", which is not in its layer"
        done
    done
done | check "nothing in the library includes services or another layer's private header"

for layer in attribute evidence; do
    for other in scan link index decode; do
        case " ${allowed[$layer]} " in *" $other "*) echo "$layer may use $other" ;; esac
    done
done | check "attribute and evidence know nothing of scan"

for layer in $layers; do
    paths=$(for l in ${allowed[$layer]}; do echo "-Ilibtrace/$l/include"; done)
    for header in libtrace/"$layer"/include/dye/*.h; do
        # shellcheck disable=SC2086
        echo "#include \"dye/$(basename "$header")\"" |
            "${CC:-cc}" -std=gnu17 -Wall -Wextra -Werror -fsyntax-only $paths -x c - >/dev/null 2>&1 ||
            echo "$header does not compile alone with the headers of: ${allowed[$layer]}"
    done
done | check "each public header compiles alone"

for layer in $layers; do
    row=$(grep -E "^\| \`$layer\` \|.*\.h\`" libtrace/README.md)
    said=$(cut -d'|' -f4 <<<"$row" | tr -d '`–' | tr ' ' '\n' | sort -u | xargs)
    built=$(tr ' ' '\n' <<<"${uses[$layer]}" | sort -u | xargs)
    [ "$said" = "$built" ] || echo "README.md: $layer may use '$said', but layer.cmake says '$built'"
    said=$(cut -d'|' -f5 <<<"$row" | tr -d '`' | tr ' ' '\n' | sort -u | xargs)
    built=$(cd "libtrace/$layer/include/dye" && printf '%s\n' *.h | sort -u | xargs)
    [ "$said" = "$built" ] || echo "README.md: $layer has headers '$said', but there are '$built'"
done | check "the map in libtrace/README.md is that of the build"

# ---- code ----
banned_functions='strcpy|stpcpy|strcat|sprintf|vsprintf|gets|strtok|atoi|atol|atoll|atof|system|popen|alloca|rand|srand|tmpnam|mktemp'
for f in $(sources libtrace services); do
    code "$f" | grep -nE "(^|[^A-Za-z0-9_>.])($banned_functions)[[:space:]]*\(" | sed "s|^|$f:|"
done | check "no banned function is called"

for f in $(sources libtrace services); do
    n=$(wc -l <"$f")
    [ "$n" -le 800 ] || echo "$f has $n lines"
done | check "no source file is longer than 800 lines"

# ---- embedding ----
if nm -D --undefined-only "$library" 2>/dev/null | grep -qE '__(asan|tsan|ubsan)_'; then
    skip "the example of README.md builds by pkg-config" "sanitized build"
    skip "the example of README.md builds by the CMake package" "sanitized build"
else
    want=$(sed -nE 's/^It prints `([^`]*)`.*/\1/p' libtrace/README.md)
    mkdir "$tmp/example"
    awk '/^```c$/ {on = 1; next} /^```$/ {on = 0} on' libtrace/README.md >"$tmp/example/example.c"
    awk '/^```cmake$/ {on = 1; next} /^```$/ {on = 0} on' libtrace/README.md >"$tmp/example/CMakeLists.txt"
    cmake --install "$build" --prefix "$tmp/prefix" >"$tmp/log" 2>&1 || sed 's/^/# install: /' "$tmp/log"
    libdir=$(dirname "$(find "$tmp/prefix" -name libdyetrace.so)")
    {
        # shellcheck disable=SC2046
        "${CC:-cc}" -std=c17 -Wall -Wextra -Werror -o "$tmp/by-pkg-config" "$tmp/example/example.c" $(PKG_CONFIG_PATH="$libdir/pkgconfig" \
            pkg-config --define-variable=prefix="$tmp/prefix" --cflags --libs dyetrace) 2>&1
        got=$(LD_LIBRARY_PATH=$libdir "$tmp/by-pkg-config" 2>&1)
        [ "$got" = "$want" ] || echo "prints '$got', not '$want'"
    } | check "the example of README.md builds by pkg-config"
    {
        { cmake -G Ninja -S "$tmp/example" -B "$tmp/example/build" -DCMAKE_PREFIX_PATH="$tmp/prefix" &&
            cmake --build "$tmp/example/build"; } >"$tmp/log" 2>&1 || tail -5 "$tmp/log"
        got=$("$tmp/example/build/example" 2>&1)
        [ "$got" = "$want" ] || echo "prints '$got', not '$want'"
    } | check "the example of README.md builds by the CMake package"
fi

echo "1..$number"
exit $failed

# shellcheck shell=bash
# A temporary directory that is gone when the script ends, and PostgreSQL clusters in it. Works for root, who must hand
# the server to another user, and for everyone else.

# The path is short because a unix socket's is at most 107 bytes; a root's directory lets the server's user through.
SCRATCH=$(mktemp -d /tmp/dye.XXXXXX)
chmod 711 "$SCRATCH"
SCRATCH_ENDS=() # commands, run in reverse when the script ends

scratch_end() {
    local i
    for ((i = ${#SCRATCH_ENDS[@]} - 1; i >= 0; i--)); do
        eval "${SCRATCH_ENDS[i]}" >/dev/null 2>&1 </dev/null || true
    done
    rm -rf --one-file-system "$SCRATCH"
}
trap scratch_end EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

PG_BIN=$(printf '%s\n' /usr/lib/postgresql/*/bin | sort -V | tail -n 1)

# as_server COMMAND...: as the user that a server of ours runs as; stands in / because that user may not stand here.
as_server() {
    if [ "$(id -u)" = 0 ]; then
        (cd / && setpriv --reuid postgres --regid postgres --init-groups "$@")
    else
        "$@"
    fi
}

# cluster_new NAME: a throw-away cluster in $SCRATCH/NAME, on a unix socket there. Prints its conninfo, less the
# database's name. It asks for a password, since other users of the machine can reach the socket.
cluster_new() {
    local dir=$SCRATCH/$1 password
    password=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
    mkdir "$dir"
    (umask 077 && printf '%s\n' "$password" >"$dir/password")
    if [ "$(id -u)" = 0 ]; then chown -R postgres:postgres "$dir"; fi
    as_server "$PG_BIN/initdb" -D "$dir/data" -U owner -E UTF8 --locale=C.UTF-8 --no-sync --auth=scram-sha-256 \
        --pwfile="$dir/password" >"$SCRATCH/$1.log" 2>&1 || return
    as_server "$PG_BIN/pg_ctl" -D "$dir/data" -l "$dir/log" -w -o "-c listen_addresses='' -c unix_socket_directories='$dir' \
        -c fsync=off -c synchronous_commit=off -c full_page_writes=off" start >>"$SCRATCH/$1.log" 2>&1 || return
    printf "host=%s user=owner password=%s" "$dir" "$password"
}

# cluster_stop NAME
cluster_stop() {
    as_server "$PG_BIN/pg_ctl" -D "$SCRATCH/$1/data" -m immediate -w stop
}

# free_port: one that nobody listens on now, on the loopback, and that this script was not given before.
free_port() {
    local port
    while :; do
        port=$((20000 + RANDOM % 12000))
        ! grep -qx "$port" "$SCRATCH/ports" 2>/dev/null || continue
        (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null || break
    done
    echo "$port" | tee -a "$SCRATCH/ports"
}

# home_port DIR PORT: where the portal of a home listens, so that several homes can be up on one machine.
home_port() {
    sed -i -E "s/^( *listen:).*/\1 '127.0.0.1:$2'/" "$1/dyetrace.yaml"
}

# running PID: it is there, and not only waiting for its parent to notice its end.
running() {
    ps -o stat= -p "$1" 2>/dev/null | grep -q '^[^Z]'
}

#!/usr/bin/env bash
# Alerts when a verdict changes, to receivers that are real: an HTTP server, a mail server, rsyslogd; with receivers
# that refuse, are away, or die, and a sender that is killed.
. "$(dirname "$0")/../support/home.sh"
RECEIVER=$PWD/tests/integration/alerts/receiver.py

cd "$SCRATCH" || exit
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=receiver -keyout key.pem -out cert.pem \
    -addext 'subjectAltName=IP:127.0.0.1,IP:127.0.0.2,DNS:localhost' 2>/dev/null
cat cert.pem key.pem >both.pem
chmod 644 cert.pem

# Set by name, which shellcheck does not follow.
declare PID_hook PORT_hook PORT_box PORT_open PORT_own PORT_dead PORT_tcp PORT_tls
# receiver NAME KIND ADDRESS [CERTIFICATE]: starts one; sets PID_NAME and PORT_NAME. Started again it has another port,
# so what is to come back is on a port of its own (see `hook`).
receiver() {
    local dir=$SCRATCH/$1
    mkdir -p "$dir"
    rm -f "$dir/port"
    [ -e "$dir/answer" ] || echo 200 >"$dir/answer"
    touch "$dir/log"
    /usr/bin/python3 "$RECEIVER" "$dir" "${@:2}" >"$dir/out" 2>&1 </dev/null &
    printf -v "PID_$1" %s $!
    SCRATCH_ENDS+=("kill -9 $!")
    eventually 30 test -s "$dir/port" || bail "the test's own $1 starts" "$(cat "$dir/out")"
    printf -v "PORT_$1" %s "$(cat "$dir/port")"
}
answers() { # NAME ANSWER
    echo "$2" >"$SCRATCH/$1/answer.new"
    mv "$SCRATCH/$1/answer.new" "$SCRATCH/$1/answer"
}
got() { # NAME: how many requests or mails
    wc -l <"$SCRATCH/$1/log"
}
got_is() { [ "$(got "$1")" -ge "$2" ]; }
keys() { # NAME: idempotency keys, each once
    jq -r '.headers."idempotency-key"' "$SCRATCH/$1/log" | sort -u
}
forget() { : >"$SCRATCH/$1/log"; }

# channels: the list from standard input; KEY=VALUE arguments set others of the section. The alerter starts anew.
channels() {
    local pair
    for pair in "$@"; do
        sed -i -E "/^alerts:/,\$ s/^( *${pair%%=*}:).*/\1 ${pair#*=}/" "$DYETRACE_HOME/dyetrace.yaml"
    done
    sed -i '/^  channels:/,$ d' "$DYETRACE_HOME/dyetrace.yaml"
    { echo '  channels:' && cat; } >>"$DYETRACE_HOME/dyetrace.yaml"
    alerter_restart
}
alerter_restart() {
    local pid
    pid=$(daemon_pid alerter)
    [ -z "$pid" ] || { kill "$pid" && eventually 20 gone "$pid"; }
    dyetrace up 2>/dev/null
}
gone() { ! running "$1"; }
secret() { # NAME TEXT: a file of the zone's
    (umask 077 && printf '%s\n' "$2" >"$DYETRACE_HOME/zones/alerter/$1")
    chown --reference="$DYETRACE_HOME/zones/alerter" "$DYETRACE_HOME/zones/alerter/$1"
}

# conclude N VERDICT [PATH...]: as the matcher stores a result of dump number N.
conclude() {
    home_sql "BEGIN; $(concluded "$@"); COMMIT"
}
# concluded N VERDICT [PATH...]: the statements. In one transaction, several are news at one time, however slow the machine.
concluded() {
    local dump paths
    dump=$(printf 'd%016x' "$1")
    paths=$(printf ",'%s'" "${@:3}")
    echo "INSERT INTO dyetrace.dump (dump_id, sha256, bytes, epoch, canaries) VALUES ('$dump', sha256('$dump'), 1, 1, 1) ON CONFLICT DO NOTHING;
        DELETE FROM dyetrace.attribution WHERE dump_id = '$dump';
        INSERT INTO dyetrace.attribution (dump_id, epoch, acquired_at, verdict, controls, unexplained)
            VALUES ('$dump', 1, now(), '$2', ('$2' = 'control-hit')::int, 0);
        INSERT INTO dyetrace.attribution_source (dump_id, source_id, owner_id, rank, in_set, undecided, seen, planted, posterior, log10_lr, p_value, baseline)
            SELECT '$dump', source_id, owner_id, 0, true, 0, 12, 40, 0.999, 12.345, 1e-9, 0.9 FROM dyetrace.source WHERE path IN ('-'$paths)"
}
alerts() { # FILTER [ARG...]: of `alert list --json`
    dyetrace alert list --json "${@:2}" | jq -r "$1"
}
all_sent() { [ "$(alerts 'select(.state != "sent") | .alert')" = "" ]; }

home_new

# --- a home from before there were alerts ----------------------------------------------------------------------------

role=$(home_sql "SELECT rolname FROM pg_roles WHERE rolname ~ '^alerter_'")
home_sql "DROP OWNED BY $role; DROP ROLE $role" >/dev/null
rm -r "$DYETRACE_HOME/zones/alerter"
exit_is "a home from before there were alerts is brought up to date by init" 0 dyetrace init
is "it has the zone's folder and role" "$(head -n 1 "$DYETRACE_HOME/zones/alerter/pg.role")" "$role"
is "which are the home's user's" "$(stat -c %U:%a "$DYETRACE_HOME/zones/alerter/pg.role")" "$(stat -c %U "$DYETRACE_HOME/zones"):400"
like "and lets the sender in" "$(dyetrace doctor)" 'ok +role +alerter can log in'

hospital_new
run dyetrace source add courier/north --sector courier
seed_csv jinan-hospital/his 60 "$SCRATCH/seeded.csv"
receiver hook http 127.0.0.1 "$SCRATCH/both.pem"
secret hook.secret 'a secret of the receiver'

# --- configuration ---------------------------------------------------------------------------------------------------

channels <<YAML
    - {name: hook, kind: webhook, url: "http://soc.internal/", secret_file: hook.secret}
YAML
exit_is "a channel that is wrong stops the program" 3 dyetrace-alerter --check-config
one_line_error "with the line and the key" "dyetrace.yaml:[0-9]+:[0-9]+: .url.: https:// is wanted"
like "the doctor says the same" "$(dyetrace doctor)" 'BAD +channels .*:[0-9]+: .url.'
hook_channel() { # digest and cooldown in seconds
    cat <<YAML
    - {name: hook, kind: webhook, url: "https://127.0.0.1:$PORT_hook/in?x=1", secret_file: hook.secret, ca: $SCRATCH/cert.pem,
       timeout: 30, digest_seconds: $1, cooldown_seconds: $2}
YAML
}
hook_channel 0 0 | channels tries=4 first_wait_seconds=1
like "the doctor counts the channels" "$(dyetrace doctor)" 'ok +channels +1 in alerts.channels'
chmod 644 "$DYETRACE_HOME/zones/alerter/hook.secret"
like "it sees a secret that others can read" "$(dyetrace doctor)" 'BAD +channels .*others can read it'
exit_is "which is not used" 3 dyetrace alert test hook
chmod 600 "$DYETRACE_HOME/zones/alerter/hook.secret"

# --- a real verdict --------------------------------------------------------------------------------------------------

exit_is "a channel can be tried" 0 dyetrace alert test hook
is "the receiver got it, marked as a test" "$(jq -r '.body | fromjson.alerts[0].verdict' hook/log)" test
exit_is "a channel that is none can't" 2 dyetrace alert test nobody
forget hook
{
    noise 500 7
    reveal jinan-hospital/his | head -n 20 | rows
} >"$SCRATCH/leak.csv"
run dyetrace ingest "$SCRATCH/leak.csv" --json
dump=$(jq -r .dump <<<"$OUT")
eventually 20 got_is hook 1 || true
is "a dump that names a source is told" "$(jq -r '.body | fromjson | [.alerts[] | .dump, .verdict, (.was // "-"), .set[]] | join(" ")' hook/log)" \
    "$dump attributed - jinan-hospital/his"
same_json "with the figures of the verdict" "$(jq -c '.body | fromjson.alerts[0].sources[0] | [.seen, .planted, .log10_lr, .p_value]' hook/log)" \
    "$(dyetrace attribute "$dump" --json | jq -c '.sources[0] | [.seen, .planted, .log10_lr, .p_value]')"
stamp=$(jq -r '.headers."dyetrace-timestamp"' hook/log)
is "its signature is HMAC-SHA-256 over time and body" "$(jq -r '.headers."dyetrace-signature"' hook/log)" \
    "v1=$({ printf '%s.' "$stamp" && jq -jr .body hook/log; } | openssl dgst -sha256 -hmac 'a secret of the receiver' -r | cut -d' ' -f1)"
ok "the time is now" test $(($(date +%s) - stamp)) -lt 60
is "the key is the message's id" "$(keys hook)" "$(jq -r '.body | fromjson.id' hook/log)"
is "the path is what the configuration says" "$(jq -r .path hook/log)" '/in?x=1'
dyetrace attribute "$dump" >/dev/null
dyetrace ingest "$SCRATCH/leak.csv" >/dev/null
conclude 1 insufficient
conclude 2 attributed courier/north
eventually 20 got_is hook 2 || true
is "the same result again, and a first one that names nobody, are not told" "$(got hook)" 2

# --- receivers that refuse, are away, redirect, die ------------------------------------------------------------------

forget hook
answers hook 500
conclude 3 attributed courier/north
eventually 20 got_is hook 2 || true
answers hook 200
ok "after two refusals the third try is taken" eventually 20 all_sent
is "all tries have one key" "$(keys hook | wc -l)" 1
is "and one body" "$(jq -r .body hook/log | sort -u | wc -l)" 1
ok "and each the time of its own" test "$(jq -r '.headers."dyetrace-timestamp"' hook/log | sort -u | wc -l)" -ge 2
is "each try is signed anew" "$(jq -r '[.headers."dyetrace-timestamp", .headers."dyetrace-signature"] | join(" ")' hook/log | sort -u | cut -d' ' -f2 | sort -u | wc -l)" \
    "$(jq -r '.headers."dyetrace-timestamp"' hook/log | sort -u | wc -l)"

forget hook
answers hook 302
conclude 4 attributed courier/north
failed() { [ -n "$(alerts .alert --failed)" ]; }
ok "what is refused to the end is given up" eventually 40 failed
is "after the tries that the configuration allows" "$(got hook)" 4
is "a redirect was not followed" "$(jq -r .path hook/log | sort -u)" '/in?x=1'
like "the list says why" "$(dyetrace alert list --failed)" 'd0000000000000004 .* failed .* hook .*try 4: channel hook: the receiver redirects \(302\)'
like "so does the log" "$(grep alert.missed "$DYETRACE_HOME/log/alerter.log" | tail -n 1)" 'level=error.*attempt=4.*given up'
like "and the doctor" "$(dyetrace doctor)" 'note alerts +1 messages not sent and given up'
answers hook endless
exit_is "it can be tried again" 0 dyetrace alert retry "$(alerts .message --failed)"
ok "an answer without end is cut off, and an answer" eventually 20 all_sent
is "under the same key" "$(keys hook | wc -l)" 1
exit_is "what was sent is not sent again" 2 dyetrace alert retry "$(keys hook)"
answers hook 200

forget hook
answers hook hold
conclude 5 attributed courier/north
ok "a receiver has it and does not answer" eventually 20 got_is hook 1
kill -9 "$(daemon_pid alerter)"
answers hook 200
dyetrace up 2>/dev/null
ok "a sender that is killed there sends it again" eventually 20 all_sent
is "under the same key" "$(keys hook | wc -l)" 1
is "which shows the receiver that it is the same" "$(got hook)" 2

forget hook
answers hook hold
conclude 6 attributed courier/north
eventually 20 got_is hook 1 || true
kill -9 "$PID_hook"
wait "$PID_hook" 2>/dev/null
answers hook 200
waits() { [ "$(alerts 'select(.dump == "d0000000000000006") | .state' --pending)" = pending ]; }
ok "what a receiver died with is still to be sent" eventually 20 waits
mkdir -p hook2
receiver hook http 127.0.0.1 "$SCRATCH/both.pem"
hook_channel 0 0 | channels tries=30
ok "and reaches the one that comes after it" eventually 30 all_sent
is "under the same key" "$(keys hook | wc -l)" 1

PORT_hook=$(free_port)
hook_channel 0 0 | channels
forget hook
conclude 7 attributed courier/north
refused() { alerts .why --pending | grep -q "Couldn't connect"; }
ok "where nobody listens it waits" eventually 20 refused
PORT_hook=$(cat hook/port)
hook_channel 0 0 | channels
ok "until somebody does" eventually 20 all_sent

# Killed again and again, wherever it is.
forget hook
first=$(home_sql 'SELECT max(alert_id) FROM dyetrace.alert')
for n in $(seq 100 111); do
    conclude "$n" attributed courier/north
    sleep "0.$((n * 37 % 5))$((n * 53 % 10))"
    pid=$(daemon_pid alerter)
    [ -z "$pid" ] || kill -9 "$pid"
    dyetrace up 2>/dev/null
done
ok "however often the sender is killed, all is sent" eventually 30 all_sent
is "nothing is lost" "$(jq -r '.body | fromjson.alerts[].alert' hook/log | sort -nu | wc -l)" 12
is "no alert has two keys" "$(jq -r '.body | fromjson | .id as $id | .alerts[] | "\(.alert) \($id)"' hook/log | sort -u | wc -l)" 12
is "and none is older" "$(jq -r '.body | fromjson.alerts[].alert' hook/log | sort -n | awk -v first="$first" '$1 <= first' | wc -l)" 0

# --- digest and cooldown ---------------------------------------------------------------------------------------------

forget hook
hook_channel 4 600 | channels
run dyetrace source add digest/one --sector courier
run dyetrace source add digest/two --sector courier
home_sql "BEGIN; $(for n in 200 201 202; do concluded "$n" attributed digest/one && echo ';'; done) COMMIT"
ok "alerts within the window are told" eventually 30 got_is hook 1
is "together, in one message" "$(jq -c '.body | fromjson.alerts | length' hook/log)" 3
forget hook
hook_channel 600 600 | channels # a window that does not end while a slow machine sends
home_sql "BEGIN; $(concluded 203 attributed digest/one); $(concluded 204 attributed digest/one digest/two); $(concluded 205 control-hit); COMMIT"
ok "a control hit goes at once, in spite of window and cooldown" eventually 20 got_is hook 1
is "alone" "$(jq -r '.body | fromjson.alerts | map(.verdict) | join(" ")' hook/log)" control-hit
hook_channel 4 600 | channels
ok "a source that was not told of goes after the window" eventually 20 got_is hook 2
left_is() { [ "$(alerts .dump --pending)" = "$1" ]; } # got is not yet marked as sent
ok "what is known waits for the cooldown" eventually 20 left_is d00000000000000cb
is "and was not told" "$(jq -r '.body | fromjson.alerts[].dump' hook/log | grep -c d00000000000000cb)" 0
hook_channel 0 0 | channels
ok "it is told when that ends" eventually 20 all_sent

# --- channels that want some of it, and what is old ------------------------------------------------------------------

forget hook
wanting() { # NAME WANTS: a channel of its own path at the same receiver
    echo "    - {name: $1, kind: webhook, url: \"https://127.0.0.1:$PORT_hook/$1\", secret_file: hook.secret, ca: $SCRATCH/cert.pem," \
        "digest_seconds: 0, cooldown_seconds: 0, $2}"
}
{
    wanting post 'sources: [courier]'
    wanting part 'sources: [courier/north/desk]'
    wanting named 'severity: warning'
    wanting silence 'verdicts: [not-covered]'
} | channels
run dyetrace source add courier/north/desk --sector courier
told() { # DUMP: whom of it, as often
    jq -r --arg d "$(printf 'd%016x' "$1")" 'select(.body | fromjson.alerts[].dump == $d) | .path[1:]' hook/log | sort | tr '\n' ' '
}
routed() { [ "$(home_sql 'SELECT count(*) FROM dyetrace.alert WHERE routed_at IS NULL')" = 0 ] && all_told; }
all_told() { [ "$(alerts 'select(.state == "waiting" or .state == "pending") | .alert')" = "" ]; }
conclude 250 attributed courier/north
conclude 251 attributed digest/one
conclude 252 control-hit
conclude 253 attributed courier/north/desk
ok "alerts are given out" eventually 30 routed
is "a source's go to who wants it, and to who wants a part that it stands for" "$(told 250)" "named part post "
is "another's only to who wants what is named" "$(told 251)" "named "
is "a part's to who wants what is above it" "$(told 253)" "named part post "
is "a control hit goes to all" "$(told 252)" "named part post silence "
conclude 250 insufficient
conclude 251 not-covered
ok "verdicts that are taken back are given out" eventually 30 routed
is "to who was told of them" "$(told 250)" "named named part part post post "
is "and to who wants such verdicts" "$(told 251)" "named named silence "
{ wanting post 'severity: high'; } | channels
exit_is "a want that is none stops the program" 3 dyetrace-alerter --check-config
one_line_error "with its line" "dyetrace.yaml:[0-9]+:[0-9]+: .severity.: notice, warning or critical is wanted"
{
    wanting post 'sources: [courier]'
    wanting far 'severity: notice'
} | channels
home_sql "UPDATE dyetrace.alert SET at = at - interval '4 years' WHERE dump_id IN ('$(printf 'd%016x' 250)', '$(printf 'd%016x' 251)');
    UPDATE dyetrace.alert_message m SET sent_at = sent_at - interval '4 years' FROM dyetrace.alert_delivery d JOIN dyetrace.alert a USING (alert_id)
    WHERE d.message_id = m.message_id AND a.dump_id IN ('$(printf 'd%016x' 250)', '$(printf 'd%016x' 251)');
    UPDATE dyetrace.alert_message m SET state = 'failed', sent_at = NULL FROM dyetrace.alert_delivery d JOIN dyetrace.alert a USING (alert_id)
    WHERE d.message_id = m.message_id AND a.dump_id = '$(printf 'd%016x' 251)' AND d.channel = 'silence'" >/dev/null
kill "$(daemon_pid matcher)" && eventually 20 gone "$(daemon_pid matcher)"
dyetrace up 2>/dev/null
folded() { [ -n "$(alerts 'select(.state == "folded") | .channel')" ]; }
ok "what is told and old is folded by the daemon" eventually 30 folded
is "to a number a dump and channel" "$(alerts 'select(.dump == "d00000000000000fa") | [.state, .channel, .alerts] | join(" ")')" $'folded named 2\nfolded part 2\nfolded post 2'
is "what a channel did not get stays, as old as it may be" "$(alerts 'select(.dump == "d00000000000000fb" and .state == "failed") | .channel')" silence
like "it is listed" "$(dyetrace alert list)" 'd00000000000000fa .* folded +post  \(2 told from '
forget hook
conclude 250 not-covered
ok "and a verdict on that dump" eventually 30 routed
is "is still told to who knew of it" "$(told 250)" "far post "
home_sql "DELETE FROM dyetrace.alert_delivery d USING dyetrace.alert_message m WHERE m.message_id = d.message_id AND m.state = 'failed';
    DELETE FROM dyetrace.alert_message WHERE state = 'failed'" >/dev/null

# --- mail ------------------------------------------------------------------------------------------------------------

mkdir -p box open
echo 250 >box/answer
echo 250 >open/answer
receiver box smtp 127.0.0.2 "$SCRATCH/both.pem"
receiver open smtp 127.0.0.2
receiver own smtp 127.0.0.1
answers own 451
secret mail.password 'open sesame'
channels <<YAML
    - {name: duty, kind: email, server: "smtp://127.0.0.2:$PORT_box", from: dyetrace@hospital.example, to: [duty@hospital.example, chief@hospital.example],
       user: dyetrace, password_file: mail.password, ca: $SCRATCH/cert.pem, digest_seconds: 2, cooldown_seconds: 0}
    - {name: open, kind: email, server: "smtp://127.0.0.2:$PORT_open", from: dyetrace@hospital.example, to: duty@hospital.example}
    - {name: own, kind: email, server: "smtp://127.0.0.1:$PORT_own", from: dyetrace@hospital.example, to: duty@hospital.example, digest_seconds: 0, cooldown_seconds: 0}
YAML
run dyetrace source add 齐鲁医院/门诊 --sector hospital
home_sql "BEGIN; $(concluded 300 attributed 齐鲁医院/门诊); $(concluded 301 control-hit); COMMIT"
ok "a mail server gets mails" eventually 30 got_is box 2
is "over TLS, as the user of the configuration" "$(jq -r '[.tls, .user] | join(" ")' box/log | sort -u)" "true dyetrace"
is "from and to whom it says" "$(jq -r '[.sender, .to[]] | join(" ")' box/log | sort -u)" "dyetrace@hospital.example duty@hospital.example chief@hospital.example"
is "the control hit first" "$(jq -r .subject box/log)" $'dyetrace: control-hit: dump d000000000000012d\ndyetrace: attributed: dump d000000000000012c'
like "the text has the source's name whole" "$(jq -r .text box/log)" '齐鲁医院/门诊: 12 of 40 canaries seen'
is "and so has the attached JSON" "$(jq -r '.attached | fromjson.alerts[].set[]' box/log)" 齐鲁医院/门诊
is "a mail parser has nothing to say" "$(jq -c .defects box/log | sort -u)" '[]'
is "the Message-ID is the message's id" "$(jq -r .id box/log | sed 's/^<//; s/@.*//' | sort)" "$(alerts 'select(.channel == "duty") | .message' | sort)"
exit_is "a server of another machine without STARTTLS gets none" 3 dyetrace alert test open
is "nothing at all" "$(got open)" 0
like "one of our own may lack it" "$(cat own/log)" '"tls": false'
later() { alerts 'select(.channel == "own") | .why' --pending | grep -q 451; }
ok "a mail that is put off is tried again" eventually 20 later
answers own 250
own_sent() { [ "$(alerts 'select(.channel == "own" and .state != "sent") | .alert')" = "" ]; }
ok "and taken" eventually 20 own_sent
is "under the same Message-ID" "$(jq -r .id own/log | sort -u | wc -l)" 2

# --- syslog ----------------------------------------------------------------------------------------------------------

for transport in tcp tls; do printf -v "PORT_$transport" %s "$(free_port)"; done
PORT_udp=$(free_port)
cat >"$SCRATCH/rsyslog.conf" <<CONF
module(load="imudp") module(load="imtcp" StreamDriver.Name="gtls" StreamDriver.Mode="1" StreamDriver.AuthMode="anon")
module(load="imptcp") module(load="imuxsock" SysSock.Use="off")
global(workDirectory="$SCRATCH" DefaultNetstreamDriverCAFile="$SCRATCH/cert.pem"
    DefaultNetstreamDriverCertFile="$SCRATCH/cert.pem" DefaultNetstreamDriverKeyFile="$SCRATCH/key.pem")
template(name="seen" type="list" option.json="on") { constant(value="{\"from\":\"") property(name="inputname")
    constant(value="\",\"pri\":\"") property(name="pri") constant(value="\",\"version\":\"") property(name="protocol-version")
    constant(value="\",\"app\":\"") property(name="app-name") constant(value="\",\"msgid\":\"") property(name="msgid")
    constant(value="\",\"sd\":\"") property(name="structured-data") constant(value="\",\"msg\":\"") property(name="msg")
    constant(value="\"}\n") }
ruleset(name="all") { action(type="omfile" file="$SCRATCH/syslog" template="seen") }
input(type="imudp" address="127.0.0.1" port="$PORT_udp" ruleset="all")
input(type="imptcp" address="127.0.0.1" port="$PORT_tcp" ruleset="all")
input(type="imtcp" address="127.0.0.1" port="$PORT_tls" ruleset="all")
input(type="imuxsock" Socket="$SCRATCH/own.sock" ruleset="all" UseSpecialParser="off" ParseHostname="on")
CONF
touch syslog
receiver dead reset 127.0.0.1
rsyslogd -n -f "$SCRATCH/rsyslog.conf" -i "$SCRATCH/rsyslog.pid" >"$SCRATCH/rsyslog.out" 2>&1 </dev/null &
SCRATCH_ENDS+=("kill $!")
eventually 30 test -S own.sock || bail "rsyslogd starts" "$(cat rsyslog.out)"
chmod 666 own.sock
channels digest_seconds=0 cooldown_seconds=0 <<YAML
    - {name: own, kind: syslog, address: "unix:$SCRATCH/own.sock"}
    - {name: udp, kind: syslog, address: "udp://127.0.0.1:$PORT_udp", facility: local4}
    - {name: tcp, kind: syslog, address: "tcp://localhost:$PORT_tcp", format: cef}
    - {name: tls, kind: syslog, address: "tls://127.0.0.1:$PORT_tls", format: cef, ca: $SCRATCH/cert.pem}
    - {name: stranger, kind: syslog, address: "tls://127.0.0.1:$PORT_tls"}
    - {name: dead, kind: syslog, address: "tcp://127.0.0.1:$PORT_dead"}
YAML
run dyetrace source add 'odd/a=b"c]d|e' --sector hospital
conclude 400 attributed 'odd/a=b"c]d|e' 齐鲁医院/门诊
lines_are() { [ "$(wc -l <syslog)" -ge "$1" ]; }
ok "a syslog server gets it over a socket, UDP, TCP and TLS" eventually 20 lines_are 4
is "by each way once" "$(jq -r .from syslog | sort | tr '\n' ' ')" "imptcp imtcp imudp imuxsock "
is "each is RFC 5424" "$(jq -r '[.version, .app, .msgid] | join(" ")' syslog | sort -u)" "1 dyetrace attributed"
is "with the facility of its channel" "$(jq -r 'select(.from == "imudp") | .pri' syslog) $(jq -r 'select(.from == "imuxsock") | .pri' syslog)" "164 132"
like "in the plain form the data are structured, and escaped" "$(jq -r 'select(.from == "imudp") | .sd' syslog)" \
    '^\[dyetrace@32473 .*dump="d0000000000000190" verdict="attributed" .*source="odd/a=b\\"c\\]d\|e"'
like "a name that is not ASCII passes" "$(jq -r 'select(.from == "imuxsock") | .sd' syslog)" 'source="齐鲁医院/门诊"'
like "in the other form it is a CEF event" "$(jq -r 'select(.from == "imtcp") | .msg' syslog)" \
    '^ ?CEF:0\|dyetrace\|dyetrace\|[0-9.]+\|attributed\|Verdict of a dump\|8\|rt=[0-9]{13} externalId='
like "with its values escaped" "$(jq -r 'select(.from == "imptcp") | .msg' syslog)" 'cs3Label=sources cs3=(齐鲁医院/门诊\\n)?odd/a\\=b"c\]d\|e'
untrusted() { alerts 'select(.channel == "stranger") | .why' --pending | grep -qi 'certificate\|peer'; }
ok "a server whose certificate is not known gets nothing" eventually 20 untrusted
reset() { alerts 'select(.channel == "dead") | .why' --pending | grep -qi 'reset'; }
ok "one that resets the connection has not got it" eventually 20 reset
home_sql "UPDATE dyetrace.alert_message SET attempts = 1000, next_at = now() WHERE channel = 'dead' AND state = 'pending'" >/dev/null
given_up() { alerts 'select(.channel == "dead") | .why' --failed | grep -q 'within its last try'; }
ok "a message that killed the sender in its last try is given up" eventually 20 given_up

# --- what it must not do ---------------------------------------------------------------------------------------------

pid=$(daemon_pid alerter)
if [ "$(id -u)" = 0 ]; then
    is "the sender is not root, can gain nothing, and has a filter on its calls" \
        "$(awk '/^(Uid|NoNewPrivs|Seccomp):/ { print $1, ($1 == "Uid:" ? ($2 != 0) : $2) }' "/proc/$pid/status" | tr '\n' ' ')" "Uid: 1 NoNewPrivs: 1 Seccomp: 2 "
    is "no key of another zone is open in it" "$(find "/proc/$pid/fd" -lname '*/zones/*')" ""
fi
like "it says which sandbox holds" "$(grep 'event=up' "$DYETRACE_HOME/log/alerter.log" | tail -n 1)" 'sandbox=(full|seccomp)'
is "it knows the names of no keys" "$(grep -aoE '[[:print:]]{5,}' "$BUILD_DIR/bin/dyetrace-alerter" | grep -xE 'persona|sketch|audit')" ""
pg_dump -d "$(home_conninfo)" >"$SCRATCH/database.sql"
is "no secret is in a log, the database or the configuration" \
    "$(cat "$DYETRACE_HOME"/log/* "$SCRATCH/database.sql" "$DYETRACE_HOME/dyetrace.yaml" | grep -cE 'a secret of the receiver|open sesame')" 0
reveal | jq -r '.name, .identifiers[]' | sort -u >"$SCRATCH/values"
ok "there are values to look for" test "$(wc -l <"$SCRATCH/values")" -gt 100
is "no value of a canary was told to anybody" "$(cat hook/log box/log own/log syslog "$DYETRACE_HOME/log/alerter.log" | grep -cFf "$SCRATCH/values")" 0
is "nor the name of a dump's file" "$(cat hook/log box/log own/log syslog | grep -c leak.csv)" 0
kill "$(daemon_pid alerter)"
exit_is "down stops the sender" 0 dyetrace down
is "like the others" "$(dyetrace status --json | jq -r .daemons.alerter.state)" down
finish

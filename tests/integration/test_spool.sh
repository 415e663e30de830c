#!/usr/bin/env bash
# The spool: what is handed over is matched, attributed and put away, and nothing is lost or taken twice.
. "$(dirname "$0")/../support/home.sh"

home_new
hospital_new 1000
seed_csv jinan-hospital/his 20 "$SCRATCH/seeded.csv"
reveal >"$SCRATCH/revealed.jsonl"
{
    noise 200 1
    head -n 10 "$SCRATCH/revealed.jsonl" | rows
} >"$SCRATCH/leak.csv"
{ # another sale, so that neither comes from the other
    noise 200 9
    tail -n 10 "$SCRATCH/revealed.jsonl" | rows
} >"$SCRATCH/early.csv"
done_dir=$DYETRACE_HOME/spool/done
failed_dir=$DYETRACE_HOME/spool/failed

spool "$SCRATCH/early.csv"
daemons_up
ok "what lay in the spool before is attributed" eventually 20 is_attributed "$SCRATCH/early.csv"
ok "and put away" eventually 20 test -e "$done_dir/early.csv"

spool "$SCRATCH/leak.csv"
ok "what arrives is attributed without anyone asking" eventually 20 is_attributed "$SCRATCH/leak.csv"
is "to its source" "$(dyetrace attribute "$(dump_of "$SCRATCH/leak.csv")" --json | jq -c '[.verdict, .set]')" '["attributed",["jinan-hospital/his"]]'
ok "and put away" eventually 20 test -e "$done_dir/leak.csv"
ok "unchanged" cmp "$SCRATCH/leak.csv" "$done_dir/leak.csv"
is "the spool is empty" "$(find "$DYETRACE_HOME/spool" -maxdepth 1 -type f)" ""

spool "$SCRATCH/leak.csv" again.csv
ok "the same bytes under another name are put away too" eventually 10 sh -c "ls '$done_dir' | grep -q again"
is "as another acquisition of the one dump" "$(home_sql "SELECT count(*) FROM dyetrace.acquisition WHERE dump_id = '$(dump_of "$SCRATCH/leak.csv")'")" 2
spool "$SCRATCH/leak.csv" leak.csv
ok "a name that was there before overwrites nothing" eventually 10 sh -c "[ \$(ls '$done_dir' | wc -l) -ge 4 ] || [ \$(ls '$done_dir' | grep -c leak) -ge 2 ]"

noise 300 2 >"$SCRATCH/dot.csv"
cp "$SCRATCH/dot.csv" "$DYETRACE_HOME/spool/.half.csv"
mkdir "$DYETRACE_HOME/spool/a-directory"
ln -s /etc/passwd "$DYETRACE_HOME/spool/link.csv"
mkfifo "$DYETRACE_HOME/spool/pipe.csv"
sleep 2
is "a hidden file is still being written, and left alone" "$(dump_of "$SCRATCH/dot.csv")" ""
is "a link is not followed out of the spool" "$(home_sql "SELECT count(*) FROM dyetrace.dump WHERE sha256 = sha256(pg_read_binary_file('/etc/passwd'))")" 0
mv "$DYETRACE_HOME/spool/.half.csv" "$DYETRACE_HOME/spool/whole.csv"
chown --reference="$DYETRACE_HOME/spool" "$DYETRACE_HOME/spool/whole.csv" 2>/dev/null
ok "it is taken when it has its name, whatever else lies there" eventually 20 is_attributed "$SCRATCH/dot.csv"

ok "what is no file is told" eventually 10 grep -q 'event=spool.left entries=3 ' "$DYETRACE_HOME/log/matcher.log"
like "by the doctor too" "$(dyetrace doctor)" 'note +spool +[0-9]+ waiting, 0 in failed, 3 that are no files'

noise 10 7 >"$SCRATCH/locked.csv"
cp "$SCRATCH/locked.csv" "$DYETRACE_HOME/.locked" && chmod 000 "$DYETRACE_HOME/.locked" && mv "$DYETRACE_HOME/.locked" "$DYETRACE_HOME/spool/locked.csv"
ln -s /etc/passwd "$DYETRACE_HOME/.link" && mv "$DYETRACE_HOME/.link" "$DYETRACE_HOME/spool/moved-link.csv"
ok "a link that is moved in goes to failed" eventually 15 test -e "$failed_dir/moved-link.csv.reason"
is "which says why" "$(head -n 1 "$failed_dir/moved-link.csv.reason")" "dump: a link, which is not followed"
ok "a file that can't be read goes to failed" eventually 15 test -e "$failed_dir/locked.csv"
# Names as long as a file system takes them: with what is put behind them they would be longer.
long=$(printf 'x%.0s' $(seq 243))
noise 12 7 >"$SCRATCH/longname.csv"
for i in 1 2; do
    spool "$SCRATCH/longname.csv" "$long-twenty5.csv"
    ok "a file with a name of 255 bytes is put away ($i)" eventually 20 test ! -e "$DYETRACE_HOME/spool/$long-twenty5.csv"
done
is "under its name, and the next under one that is shorter" "$(find "$done_dir" -name 'xxxx*' -printf '%f\n' | awk '{print length($0)}' | sort -n | xargs)" "252 255"
character=$(printf '信%.0s' $(seq 85)) # 255 bytes
for i in 1 2; do
    cp "$SCRATCH/locked.csv" "$DYETRACE_HOME/.locked" && chmod 000 "$DYETRACE_HOME/.locked" && mv "$DYETRACE_HOME/.locked" "$DYETRACE_HOME/spool/$character"
    ok "so is one that can't be read ($i)" eventually 15 test ! -e "$DYETRACE_HOME/spool/$character"
done
is "with its reason beside it, which has the name" "$(grep -c "^its name was $character\$" "$failed_dir"/信*.reason | sed 's/.*://' | xargs)" "1 1"
is "cut between characters" "$(find "$failed_dir" -name '信*' -printf '%f\n' | iconv -f UTF-8 -t UTF-8 2>/dev/null | wc -l)" 4
is "and nothing is stuck" "$(grep -c 'event=spool.stuck' "$DYETRACE_HOME/log/matcher.log")" 0

(cd "$SCRATCH" && zip -q whole.zip leak.csv seeded.csv && head -c 900 whole.zip >cut.zip)
spool "$SCRATCH/cut.zip"
ok "a damaged archive is matched as far as it goes" eventually 20 is_attributed "$SCRATCH/cut.zip"
ok "and its unread part is listed" test "$(dyetrace unread --dump "$(dump_of "$SCRATCH/cut.zip")" --json | wc -l)" -ge 1

# Written under one name and renamed: the first name is forgotten, and not asked for again and again.
kill -STOP "$(daemon_pid matcher)"
spool "$SCRATCH/leak.csv" part.tmp
mv "$DYETRACE_HOME/spool/part.tmp" "$DYETRACE_HOME/spool/part.csv"
kill -CONT "$(daemon_pid matcher)"
ok "a file that is renamed inside the spool is put away" eventually 20 test -e "$done_dir/part.csv"
sleep 1
is "and its former name is no trouble" "$(grep -c 'event=spool.stuck' "$DYETRACE_HOME/log/matcher.log")" 0

# A hundred at once, in the order of nobody.
for i in $(seq 100); do noise 20 "1$i" >"$SCRATCH/burst.$i.csv"; done
for i in $(seq 100); do spool "$SCRATCH/burst.$i.csv"; done
put_away() {
    [ "$(find "$done_dir" -name 'burst.*' | wc -l)" = 100 ]
}
ok "a hundred files at once are all put away" eventually 60 put_away
is "and all attributed" "$(home_sql "SELECT count(*) FROM dyetrace.dump d WHERE state = 'complete' AND NOT EXISTS (
    SELECT FROM dyetrace.attribution a WHERE a.dump_id = d.dump_id)")" 0

# TERM: what was begun is finished or goes on after the next start.
. tests/support/kill.sh
noise 400000 5 >"$SCRATCH/long.csv"
rows <"$SCRATCH/revealed.jsonl" >>"$SCRATCH/long.csv"
pid=$(daemon_pid matcher)
spool "$SCRATCH/long.csv"
sleep_ms 150
kill -TERM "$pid"
gone() {
    ! running "$pid"
}
ok "on TERM the matcher ends" eventually 30 gone
exit_is "and starts again" 0 dyetrace up
ok "the dump is attributed" eventually 60 is_attributed "$SCRATCH/long.csv"
is "with all its sightings" "$(dyetrace sightings --dump "$(dump_of "$SCRATCH/long.csv")" --json | wc -l)" 20

# A scraper that always writes to the same name: the second dump comes while the first is read.
noise 50 6 >"$SCRATCH/first.csv"
noise 50 8 >"$SCRATCH/second.csv"
sum=$(sha256sum <"$SCRATCH/first.csv")
# The test holds the dump's lease until its file is replaced: its own session ends with its standard input.
leases() { # GRANTED
    [ "$(home_sql "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND granted = $1
        AND (classid::bigint << 32 | objid::bigint) = hashtextextended('dyetrace.dump.d${sum:0:16}', 0)")" = 1 ]
}
mkfifo "$SCRATCH/session"
psql -X -q -d "$(home_conninfo)" <"$SCRATCH/session" >/dev/null 2>&1 &
exec 8>"$SCRATCH/session"
echo "SELECT pg_advisory_lock(hashtextextended('dyetrace.dump.d${sum:0:16}', 0));" >&8
eventually 20 leases true || bail "the lease of a dump can be held"
spool "$SCRATCH/first.csv" latest.csv
ok "a dump is being taken in" eventually 20 leases false
spool "$SCRATCH/second.csv" latest.csv
exec 8>&-
wait
ok "a dump that is replaced while it is read is attributed" eventually 20 is_attributed "$SCRATCH/first.csv"
ok "and so is what replaces it" eventually 20 is_attributed "$SCRATCH/second.csv"
ok "and put away" eventually 10 cmp -s "$SCRATCH/second.csv" "$done_dir/latest.csv"

# Killed after the dump was complete and before its file was put away: the hand-over is the one that it was.
acquisitions() {
    home_sql "SELECT count(*) FROM dyetrace.acquisition WHERE dump_id = '$(dump_of "$SCRATCH/dot.csv")'"
}
was=$(acquisitions)
home_sql "UPDATE dyetrace.acquisition SET location = '$(realpath "$DYETRACE_HOME")/spool/whole.csv' WHERE label = 'whole.csv'" >/dev/null
mv "$done_dir/whole.csv" "$DYETRACE_HOME/spool/whole.csv"
ok "a complete dump whose file was left in the spool is put away" eventually 20 test -e "$done_dir/whole.csv"
is "and was not acquired twice" "$(acquisitions)" "$was"

# Killed after its file was put away and before that was on record, next to another dump of that name.
dyetrace down
dyetrace source list >/dev/null
mv "$done_dir/whole.csv" "$done_dir/whole.csv.2"
noise 5 9 >"$done_dir/whole.csv"
chown --reference="$done_dir" "$done_dir"/whole.csv*
home_sql "UPDATE dyetrace.acquisition SET location = '$(realpath "$DYETRACE_HOME")/spool/whole.csv' WHERE label = 'whole.csv'" >/dev/null
daemons_up
located() {
    [ "$(home_sql "SELECT DISTINCT location FROM dyetrace.acquisition WHERE label = 'whole.csv'")" = "$(realpath "$DYETRACE_HOME")/spool/done/whole.csv.2" ]
}
ok "where its original lies is found by its bytes" eventually 30 located
finish

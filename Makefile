# VoC Vault. 'make demo' shows it at work; 'make test' proves it.

.PHONY: demo readme test failover faults faults-sample soak bench bench-against fuzz sanitize build deps clean

demo: build
	bash docs/demo.sh

build: deps
	swift build -c release --product vocvault
	swift build -c release --product voc-feed

# The server's tests run by themselves: tests that keep every thread busy would starve a server in the same process.
# What the store and the engine promise is tested once more with the data in PostgreSQL; some of it with the keys in another database.
test: deps
	bash .ci/install-test-tools
	swift build --build-tests
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
faults: deps
	bash .ci/install-test-tools
	[ -n "$$VOC_BIN" ] || swift build --product vocvault
	python3 Tests/Faults --kills $(KILLS) --races $(RACES) --seed $(SEED) --store $(STORE) --jobs $(JOBS) --minutes $(MINUTES) $(if $(ONLY),--only $(ONLY))

# The README's commands from top to bottom, as a newcomer types them: the debug program, or VOC_BIN's.
readme:
	[ -n "$$VOC_BIN" ] || swift build --product vocvault
	[ -n "$$VOC_BIN" ] || swift build --product voc-feed
	python3 Tests/Readme

# A part of it: some minutes, always the same seed.
faults-sample:
	python3 Tests/Faults --sample --seed 1 --minutes 20

# Serves under mixed load for so long and says whether memory stays flat; samples go to soak.csv.
HOURS ?= 4
soak: build
	VOC_BIN=$${VOC_BIN:-.build/release} python3 Tests/Faults/soak.py --hours $(HOURS) --csv soak.csv

# A PostgreSQL server with a standby, lost once while the standby lags and once while it does not.
failover: build
	.ci/failover .build/release

# Measures what is deployed: a program with Swift's library linked in (deploy/Containerfile).
bench: deps
	swift build -c release --static-swift-stdlib --scratch-path .build/bench --product voc-bench
	.build/bench/release/voc-bench

# Is this tree slower than REV? Builds the programs of both as 'bench' does and runs them in turn, on the invented feed and on the texts
# of the folder that VOC_CORPORA names (JSON lines with a member "text"); ratios with 95 % intervals. Timings decide no test: it
# stands outside .ci/run. AGAINST has more options, such as '--pairs 40 --limit 1.05', which fails above that ratio.
bench-against: deps
	$(if $(REV),,$(error say what to compare with: make bench-against REV=7442cbb))
	.ci/bench-against $(REV) $(AGAINST)

# Every parser under libFuzzer with AddressSanitizer, so many seconds each; what it finds stays in .build/fuzz.
FUZZ_SECONDS ?= 10
fuzz: deps
	bash .ci/fuzz $(FUZZ_SECONDS)

# Tests of the store, the engine and the API with ThreadSanitizer and AddressSanitizer; each builds everything once more.
sanitize: deps
	bash .ci/install-test-tools
	bash .ci/sanitize

deps:
	bash .ci/install

clean:
	swift package clean
	rm -rf demo

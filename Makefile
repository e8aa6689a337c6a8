# VoC Vault. 'make demo' shows it at work; 'make test' proves it.

.PHONY: demo test bench bench-against fuzz sanitize build deps clean

demo: build
	bash docs/demo.sh

build: deps
	swift build -c release --product vocvault
	swift build -c release --product voc-feed

# The server's tests run by themselves: tests that keep every thread busy would starve a server in the same process.
# What the store and the engine promise is tested once more with the data in PostgreSQL.
test: deps
	bash .ci/install-test-tools
	swift build --build-tests
	swift test --skip-build --skip VaultServerTests
	swift test --skip-build --no-parallel --filter VaultServerTests
	.ci/with-postgres swift test --skip-build --filter "StorageTests|VoCVaultTests|Attacks|ProcessesTests|Compatibility"
	.ci/with-postgres swift test --skip-build --no-parallel --filter "VaultServerTests.(APITests|RoleTests)"

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

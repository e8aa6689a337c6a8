# VoC Vault. 'make demo' shows it at work; 'make test' proves it.

.PHONY: demo test failover bench fuzz sanitize build deps clean

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
	.ci/with-postgres swift test --skip-build --filter "StorageTests|VoCVaultTests|Attacks|ProcessesTests"
	.ci/with-postgres swift test --skip-build --no-parallel --filter "VaultServerTests.(APITests|RoleTests)"

# A PostgreSQL server with a standby, lost once while the standby lags and once while it does not.
failover: build
	.ci/failover .build/release

# Measures what is deployed: a program with Swift's library linked in (deploy/Containerfile).
bench: deps
	swift build -c release --static-swift-stdlib --scratch-path .build/bench --product voc-bench
	.build/bench/release/voc-bench

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

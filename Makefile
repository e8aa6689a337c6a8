# VoC Vault. 'make demo' shows it at work; 'make test' proves it.

.PHONY: demo test bench build deps clean

demo: build
	bash docs/demo.sh

build: deps
	swift build -c release --product vocvault
	swift build -c release --product voc-feed

test: deps
	swift test

bench: deps
	swift build -c release --product voc-bench
	.build/release/voc-bench

deps:
	bash .ci/install

clean:
	swift package clean
	rm -rf demo

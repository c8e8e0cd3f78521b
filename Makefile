# Two commands: `make repl` opens the notebook, `make test` runs everything that CI runs.
# Both install what is missing first.

SWIFT = swift
BUILD = $(SWIFT) build --explicit-target-dependency-import-check error
PROGRAM = .build/debug/nas-repl

.PHONY: repl test lint fuzz bindings grade bench bench-peers update-lessons setup clean

repl: setup
	@$(BUILD) --product nas-repl
	@if [ -t 0 ] && [ -t 1 ]; then $(PROGRAM); else $(PROGRAM) run Lessons/00-tour.md; fi

test: setup lint
	$(BUILD) --build-tests
	.build/debug/BindingGenerator --check
	$(SWIFT) test --skip-build
	$(PROGRAM) check Lessons --swiftc
	.build/debug/CellFuzzer --cells 2000 --seed 1
	.build/debug/CellFuzzer --calls 12000 --seed 1

# Mutated cells of the lessons against the notebook, for ten minutes: traps, hangs, growth. SEED=2 takes others.
SEED = 1
fuzz: setup
	@$(BUILD) --product CellFuzzer
	.build/debug/CellFuzzer --cells 1000000 --seconds 600 --seed $(SEED)
	.build/debug/CellFuzzer --calls 500000 --seed $(SEED)

lint:
	$(SWIFT) format lint --strict --recursive Package.swift Sources Tests Benchmarks

# Writes the notebook's bindings from the library's public declarations.
bindings: setup
	@$(BUILD) --product BindingGenerator
	@.build/debug/BindingGenerator

# Writes the outputs that the lessons' cells really have into the lessons, and shows what changed.
update-lessons: setup
	@$(BUILD) --product nas-repl
	$(PROGRAM) check Lessons --update

# How fast children train, beside the machine's own peak.
# CHILDREN="28-z1 B" measures those only.
CHOSEN = $(if $(CHILDREN),--children $(CHILDREN))
bench: setup
	@$(BUILD) --product ChildNetBenchmark
	@.build/debug/ChildNetBenchmark $(CHOSEN)

# The same beside PyTorch, in a virtual environment of its own; never in CI.
PEERS = .build/peers
bench-peers: setup
	@$(BUILD) --product ChildNetBenchmark
	@[ -x $(PEERS)/bin/python ] || python3 -m venv $(PEERS)
	@$(PEERS)/bin/python -c 'import torch' 2>/dev/null || $(PEERS)/bin/pip install --quiet torch numpy
	@.build/debug/ChildNetBenchmark --peers $(PEERS)/bin/python $(CHOSEN)

# Checks Sources/Coursework and gives points.
grade: setup
	@$(BUILD) --product nas-repl
	@$(PROGRAM) grade

setup:
	@Scripts/setup

clean:
	rm -rf .build

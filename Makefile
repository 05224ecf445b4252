# make help says what there is.

GOLANGCI_VERSION := v2.15.0

# The date is the commit's, so that the same commit makes the same binary.
VERSION := $(shell git describe --tags --always --dirty 2>/dev/null || echo unknown)
COMMIT  := $(shell git rev-parse HEAD 2>/dev/null)
DATE    := $(shell git log -1 --format=%cI 2>/dev/null)
LDFLAGS := -s -w -X main.version=$(VERSION) -X main.commit=$(COMMIT) -X main.date=$(DATE)

GOLANGCI := bin/golangci-lint-$(GOLANGCI_VERSION)

.PHONY: build test bench lab try lint fmt screenshots clean help

build: ## build ./ovscope, one static binary
	CGO_ENABLED=0 go build -trimpath -ldflags '$(LDFLAGS)' -o ovscope .

test: ## install what the tests need (as root on Debian and Ubuntu), then run all of them
	.ci/deps
	.ci/test

bench: build ## measure; needs root and what make test installs; BENCH=-h for flags
	go test -p 1 -run '^$$' -bench . -benchmem ./...
	go run ./bench $(BENCH)

lab: build ## run a private Open vSwitch with guests and traffic until Ctrl-C; LAB=-h for flags
	go build -o bin/lab ./ovs/lab/cmd
	bin/lab $(LAB)

try: build ## run ovscope on a private Open vSwitch with guests and traffic
	command -v ovs-vswitchd ovsdb-server >/dev/null || .ci/deps
	go build -o bin/lab ./ovs/lab/cmd
	bin/lab -- ./ovscope

lint: $(GOLANGCI) ## check style and import rules
	$(GOLANGCI) run ./...

fmt: $(GOLANGCI) ## format the code
	$(GOLANGCI) fmt ./...

$(GOLANGCI):
	GOBIN=$(CURDIR)/bin go install github.com/golangci/golangci-lint/v2/cmd/golangci-lint@$(GOLANGCI_VERSION)
	mv bin/golangci-lint $@

screenshots: ## draw the pictures of the README again
	go run ./screenshots

clean: ## remove what the other targets built
	rm -rf bin dist .cache ovscope

help: ## say what there is
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

# Go is all that these targets need; lint fetches staticcheck once.
GO      ?= go
VERSION ?= 0.1.0-dev
STATICCHECK = honnef.co/go/tools/cmd/staticcheck@v0.7.0

.PHONY: build test generate check bench lint parity

# A static binary. Kustomize's support for Go plugins is left out: it is
# never used, and makes the binary a third larger.
build:
	CGO_ENABLED=0 $(GO) build -trimpath -tags kustomize_disable_go_plugin_support \
		-ldflags "-s -w -X main.version=$(VERSION)" -o bin/whiskops ./cmd/whiskops

# All tests, offline once the modules are there.
test:
	$(GO) test ./...

# The committed tree, from examples/environments.
generate: build
	bin/whiskops generate

check: build
	bin/whiskops generate --check

lint:
	@test -z "$$(gofmt -l .)" || { echo "gofmt these files:"; gofmt -l .; exit 1; }
	$(GO) vet ./...
	$(GO) run $(STATICCHECK) ./...

bench: build
	$(GO) run ./internal/bench

# golden/ again, with the older engine that Flux, Argo CD and kubectl have.
parity: build
	cd internal/parity && $(GO) build -o ../../bin/kustomize-5.8.1 .
	@for env in overlays/*/; do name=$$(basename $$env); \
		bin/kustomize-5.8.1 overlays/$$name > bin/$$name.yaml && \
		bin/whiskops compare golden/$$name bin/$$name.yaml || exit 1; done

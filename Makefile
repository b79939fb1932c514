# Lapse: `make help` lists what there is.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
STAGE := $(CURDIR)/.build/stage
VENV := $(CURDIR)/.build/venv
PREFIX ?= /usr/local
# Where libpam looks for modules: where its own pam_unix.so is.
MULTIARCH = $(shell dpkg-architecture -qDEB_HOST_MULTIARCH 2>/dev/null || \
    gcc -print-multiarch 2>/dev/null || echo $$(uname -m)-linux-gnu)
PAM_DIR ?= $(patsubst %/pam_unix.so,%,$(firstword $(wildcard $(addsuffix /security/pam_unix.so,\
    /usr/lib/$(MULTIARCH) /usr/lib64 /usr/lib))))
# systemd looks below /usr/local too (systemd.unit(5)).
UNIT_DIR ?= $(PREFIX)/lib/systemd/system
DESTDIR ?=
PACKAGES := openssh-server libpam0g-dev python3-venv binutils util-linux sudo
# What the people of the end-to-end tests use in their sessions; StageRequirements has the paths.
CLIENTS := bsdutils dialog expect gcc git htop less libc6-dev make man-db mosh procps python3-minimal \
    rsync screen tmux vim whiptail
SWIFT_FLAGS := -Xswiftc -warnings-as-errors --explicit-target-dependency-import-check error

# All that is installed, and all that is removed again: MODE:SOURCE:TARGET.
SHARE := $(PREFIX)/share
DOC := $(SHARE)/doc/lapse
UNLOCK := /etc/pam.d/lapse-unlock
UNITS := lapsed.service lapse-lock.socket lapse-lock@.service
INSTALLED = \
    644:$(STAGE)/pam_lapse.so:$(PAM_DIR)/pam_lapse.so \
    755:$(STAGE)/lapsed:$(PREFIX)/sbin/lapsed \
    755:$(STAGE)/lapse-lock:$(PREFIX)/libexec/lapse-lock \
    755:$(STAGE)/lapsectl:$(PREFIX)/bin/lapsectl \
    $(foreach unit,$(UNITS),644:$(STAGE)/$(unit):$(UNIT_DIR)/$(unit)) \
    644:$(STAGE)/lapsectl.bash:$(SHARE)/bash-completion/completions/lapsectl \
    644:$(STAGE)/lapsectl.zsh:$(SHARE)/zsh/site-functions/_lapsectl \
    644:$(STAGE)/lapsectl.fish:$(SHARE)/fish/vendor_completions.d/lapsectl.fish \
    $(foreach page,$(wildcard man/*),644:$(page):$(SHARE)/man/man$(subst .,,$(suffix $(page)))/$(notdir $(page))) \
    $(foreach example,$(wildcard examples/*.toml),644:$(example):$(DOC)/$(example)) \
    $(foreach snippet,$(wildcard pam.d/*),644:$(snippet):$(DOC)/$(snippet))

# MultiplexerTests fail beside LongLifeTests: see the note there.
TIMED := EndToEndTests|LapseStageTests|MultiplexerTests
# Each has a stage, a daemon and a tmux of its own, and types within seconds: one after the other.
LOCKS := EndToEndTests\.(Lock|ConsoleLock)

.PHONY: help setup build demo test verdicts bench unit suspend openssh lint fmt check install uninstall clean

help: ## This list
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

# policy-rc.d keeps a newly installed sshd from starting; it is there for that moment alone.
setup: ## Install what building and testing need (Debian packages; needs root)
	@scripts/setup.sh $(PACKAGES)

build: setup ## Build module, locker, daemon and command into .build/stage
	@mkdir -p $(STAGE)
	@scripts/build-module.sh $(STAGE)
	@scripts/build-lock.sh $(STAGE)
	@for product in lapsed lapsectl; do \
	    swift build -c release --static-swift-stdlib --product $$product; \
	    install -m 755 "$$(swift build -c release --show-bin-path)/$$product" $(STAGE)/; \
	    strip $(STAGE)/$$product; done
	@for shell in bash zsh fish; do \
	    $(STAGE)/lapsectl --generate-completion-script $$shell >$(STAGE)/lapsectl.$$shell; done

demo: build ## Watch it work: a private sshd, two sessions, nothing left behind
	@swift run lapse-demo

$(VENV)/bin/python: setup
	@python3 -m venv $(VENV) && $(VENV)/bin/pip install --quiet varlink==31.0.0 \
	    paramiko==5.1.0 asyncssh==2.24.1

test: build $(VENV)/bin/python ## Every test, end-to-end ones too; SKIP=REGEX leaves some out
	@$(if $(SKIP),echo "!!! NOT RUN because of SKIP: $(SKIP)")
	@scripts/setup.sh $(CLIENTS)
	@# The end-to-end tests measure times: they run without the others beside them, and the rows
	@# of lapse-activity(7), some of which want all of the processor, after them.
	@export LAPSE_MODULE=$(STAGE)/pam_lapse.so LAPSE_LOCK=$(STAGE)/lapse-lock LAPSE_PYTHON=$(VENV)/bin/python; \
	    swift test $(SWIFT_FLAGS) --skip '$(TIMED)' $(if $(SKIP),--skip '$(SKIP)') && \
	    swift test $(SWIFT_FLAGS) --filter '$(TIMED)' --skip 'VerdictTests|$(LOCKS)' \
	        $(if $(SKIP),--skip '$(SKIP)') && \
	    swift test $(SWIFT_FLAGS) --filter '$(LOCKS)' --no-parallel $(if $(SKIP),--skip '$(SKIP)') && \
	    swift test $(SWIFT_FLAGS) --filter VerdictTests $(if $(SKIP),--skip '$(SKIP)')

verdicts: build $(VENV)/bin/python ## The table of lapse-activity(7) alone; LAPSE_ROWS=PART|PART picks
	@scripts/setup.sh $(CLIENTS)
	@export LAPSE_MODULE=$(STAGE)/pam_lapse.so LAPSE_LOCK=$(STAGE)/lapse-lock LAPSE_PYTHON=$(VENV)/bin/python; \
	    swift test $(SWIFT_FLAGS) --filter VerdictTests

bench: build ## Costs: of a login, the policy, a look at a connection and at jobs, of 10,000 sessions; needs root
	@scripts/bench-module.sh $(STAGE)/pam_lapse.so
	@swift run -c release policy-bench
	@swift run -c release network-bench
	@swift run -c release work-bench
	@swift run -c release daemon-bench
	@swift run -c release look-bench

unit: build ## Run the unit under a real systemd on a private machine
	@scripts/setup.sh systemd dbus openssh-server procps util-linux
	@scripts/check-unit.sh $(STAGE)
	@scripts/check-unit-lock.sh $(STAGE)

suspend: build ## Suspend a virtual machine with sessions on it that are locked, idle, in use; needs root
	@scripts/setup.sh qemu-system-x86 busybox-static systemd dbus libpam-systemd openssh-server procps tmux \
	    util-linux xz-utils
	@scripts/check-suspend.sh $(STAGE)

openssh: build ## Run it with the sshd of Debian 13, on a private machine with that; needs its mirror
	@scripts/setup.sh mmdebstrap openssh-client util-linux
	@scripts/check-openssh.sh $(STAGE)

lint: ## The formatter's rules, shellcheck, and mandoc for the pages
	@swift format lint --strict -r Sources Tests Benchmarks Package.swift
	@scripts/setup.sh shellcheck mandoc
	@shellcheck -x scripts/*.sh Sources/LapseStage/Scripts/*.sh .ci/run
	@problems=$$(mandoc -T lint -W warning man/* | grep -v 'missing date' || true); \
	    [ -z "$$problems" ] || { echo "$$problems" >&2; exit 1; }

fmt: ## Format in place
	@swift format -i -r Sources Tests Benchmarks Package.swift

check: lint test ## All of CI
	@scripts/check-install.sh
	@for file in examples/*.toml; do $(STAGE)/lapsectl policy check "$$file"; done

# Without a service file a locked terminal could not be unlocked; an administrator's own stays.
install: build ## Install below PREFIX, and /etc/pam.d/lapse-unlock where there is none
	@[ -n "$(PAM_DIR)" ] || { echo "no pam_unix.so found: name PAM_DIR=" >&2; exit 1; }
	@for unit in $(UNITS); do sed 's,^ExecStart=/usr/local/,ExecStart=$(PREFIX)/,' systemd/$$unit \
	    >$(STAGE)/$$unit; done
	@for file in $(INSTALLED); do IFS=: read -r mode source target <<<"$$file"; \
	    install -v -D -m $$mode "$$source" "$(DESTDIR)$$target"; done
	@[ -e "$(DESTDIR)$(UNLOCK)" ] || \
	    install -v -D -m 644 pam.d/lapse-unlock "$(DESTDIR)$(UNLOCK)"

uninstall: ## Remove what install put there; first take it out of /etc/pam.d
	@! grep -rslE '^[^#]*pam_lapse' $(DESTDIR)/etc/pam.d || \
	    { echo "these files still name pam_lapse.so; nothing was removed" >&2; exit 1; }
	@! cmp -s pam.d/lapse-unlock "$(DESTDIR)$(UNLOCK)" || rm -fv "$(DESTDIR)$(UNLOCK)"
	@for file in $(INSTALLED); do rm -fv "$(DESTDIR)$${file##*:}"; done
	@for directory in $(DOC)/examples $(DOC)/pam.d $(DOC); do \
	    [ ! -d "$(DESTDIR)$$directory" ] || rmdir "$(DESTDIR)$$directory"; done

clean: ## Remove .build
	rm -rf .build

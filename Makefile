# The whole life of the project.
#
#   make            build everything that changed
#   make run        answer a question on the nano model: make run PROMPT="…", or from standard input
#   make test       build, and pass all tests
#   make mutations  open COUNT models, damaged by the seeds from SEED on, and count how that ends
#   make soak       random operations on engines: make soak SECONDS=1800 SEED=7
#   make package    the jar for any CPU of this platform (all CPU variants), built and tried in a folder of its own
#   make bench      measure beside llama.cpp, and draw benchmarks/target/results.svg: make bench BENCH=decode-1,prefill-1 BENCH_FLAGS="--threads 1 --pairs 21"
#   make kv-layout  measure layouts of the KV cache, and draw docs/kv-layout.svg
#   make sanitize   the tests of handles and guard on libraries built with ASan and UBSan
#   make peers      llama.cpp's own programs, beside which tests and benchmarks run
#   make install    put the artifacts into the local Maven repository, for other projects
#   make bindings   regenerate the bindings (needs jextract)
#   make format     format the sources
#   make clean      remove what was built; llama.cpp's source and ccache's store stay
#
# Settings: JAVA_HOME, LLAMA_CPP_DIR, LLAMA_CPP_TGZ, QWEN4J_CACHE, NATIVE_FLAGS (passed to CMake, such as -DGGML_CUDA=ON), MAVEN_FLAGS

MAKEFLAGS += --no-builtin-rules
.DELETE_ON_ERROR:
.SUFFIXES:

# As it was typed: make would take a $ in it for a variable's.
ifdef PROMPT
export PROMPT := $(value PROMPT)
endif

export JAVA_HOME := $(shell toolchain/find-jdk.sh)
export PATH := $(JAVA_HOME)/bin:$(PATH)

NATIVE        := native/build
NATIVE_FLAGS  ?=
MVN           := mvn --batch-mode --no-transfer-progress $(MAVEN_FLAGS)

# What each step reads. A step runs when one of its files is newer than its stamp.
native_sources := $(shell find pom.xml native/CMakeLists.txt native/llama.cmake native/cmake native/shim native/oracle native/bench bindings/src/abi -type f)
java_sources   := $(shell find pom.xml .mvn */pom.xml */*/pom.xml bindings/src api/src native/platforms models/nano/src samples/*/src \
                    benchmarks/src -type f -not -path '*/target/*')

.PHONY: all
all: target/built

.PHONY: preflight
preflight:
	@toolchain/preflight.sh

# ---- Native ------------------------------------------------------------------------------------------------------------------------------------

# Configured again only when a setting changed: the settings are part of the stamp's content. $(1) is the folder, $(2) flags of its own.
settings := $(NATIVE_FLAGS) LLAMA_CPP_DIR=$(LLAMA_CPP_DIR) LLAMA_CPP_TGZ=$(LLAMA_CPP_TGZ) QWEN4J_CACHE=$(QWEN4J_CACHE)
define CONFIGURED
ifneq ($(strip $(2) $(settings)),$(file <$(1)/settings))
.PHONY: $(1)/settings
endif
$(1)/settings: | preflight
	@mkdir -p $$(@D)
	@rm -f $(1)/CMakeCache.txt
	cmake -S native -B $(1) -G Ninja $(2) $(NATIVE_FLAGS)
	@printf '%s' '$(strip $(2) $(settings))' >$$@
endef

$(eval $(call CONFIGURED,$(NATIVE),))

# Builds what changed and touches the stamp.
$(NATIVE)/lib/natives.properties: $(NATIVE)/settings $(native_sources)
	ninja -C $(NATIVE) qwen4j oracle
	@touch $@

.PHONY: peers
peers: $(NATIVE)/lib/natives.properties
	ninja -C $(NATIVE) peers

# The programs of llama.cpp that tests need: its chat templates to compare with, and tiny models of all architectures.
TEST_PROGRAMS := $(NATIVE)/bin/llama-server $(NATIVE)/bin/test-llama-archs
$(TEST_PROGRAMS): $(NATIVE)/lib/natives.properties
	ninja -C $(NATIVE) $(@F)
	@touch $@

# ---- Java --------------------------------------------------------------------------------------------------------------------------------------

target/built: $(NATIVE)/lib/natives.properties $(java_sources) | preflight
	@echo "Building the Java part, which takes a minute or two…"
	$(MVN) --quiet package -DskipTests -Dspotless.check.skip
	@mkdir -p target && touch $@

.PHONY: run
run: target/built
	@./qwen4j run $${PROMPT:+"$$PROMPT"}

.PHONY: help
help:
	@sed -n '/^#   make/s/^#   //p' Makefile

.PHONY: test
test: $(NATIVE)/lib/natives.properties $(TEST_PROGRAMS) | preflight
	$(MVN) verify
	@mkdir -p target && touch target/built

# ---- Benchmarks -------------------------------------------------------------------------------------------------------------------------------

# Model files outlive make clean, as llama.cpp's source does.
BENCH_MODELS ?= $(or $(QWEN4J_CACHE),$(or $(XDG_CACHE_HOME),$(HOME)/.cache)/qwen4j-build)/models
BENCH        ?=
BENCH_FLAGS  ?=

# The Java binding that jvm-peer-1 compares with.
BENCH_PEER := benchmarks/target/peer
$(BENCH_PEER): benchmarks/pom.xml target/built
	$(MVN) --quiet -pl benchmarks dependency:copy@peer
	@touch $@

BENCH_PLOTS := benchmarks/target/plots
$(BENCH_PLOTS)/installed: benchmarks/plots/requirements.txt
	python3 -m venv $(BENCH_PLOTS) && $(BENCH_PLOTS)/bin/pip install --quiet -r $<
	@touch $@

# The plot is of what was measured, even if not all could be.
.PHONY: bench
bench: target/built $(BENCH_PEER) $(BENCH_PLOTS)/installed
	ninja -C $(NATIVE) bench
	java -Dqwen4j.library.path=$(NATIVE)/lib -jar benchmarks/target/qwen4j-benchmarks-*.jar \
	    --programs $(NATIVE)/bin --scripts benchmarks/models --models $(BENCH_MODELS) --results benchmarks/target/results.json \
	    --peer-source benchmarks/peer/KherudLlama.java --peer-jars $(BENCH_PEER) $(if $(BENCH),--only $(BENCH)) $(BENCH_FLAGS); status=$$?; \
	$(BENCH_PLOTS)/bin/python benchmarks/plots/results.py benchmarks/target/results.json >benchmarks/target/results.svg; exit $$status

# The measurements that the layout of the engine's cache was chosen by: docs/kv-layout.md.
.PHONY: kv-layout
kv-layout: target/built $(BENCH_PLOTS)/installed
	ninja -C $(NATIVE) bench
	mkdir -p benchmarks/target/kv-layout
	for script in smollm2-135m qwen3-0.6b-shape; do \
	    java --enable-native-access=ALL-UNNAMED -Dqwen4j.library.path=$(NATIVE)/lib -cp benchmarks/target/qwen4j-benchmarks-*.jar \
	        dev.qwen4j.benchmarks.KvLayouts --model "$$(benchmarks/models/$$script.sh $(BENCH_MODELS) $(NATIVE)/bin)" \
	        >benchmarks/target/kv-layout/$$script.csv || exit 1; \
	done
	$(BENCH_PLOTS)/bin/python benchmarks/plots/kv_layout.py benchmarks/target/kv-layout/*.csv >docs/kv-layout.svg

COUNT ?= 10000
SEED  ?= 10000
.PHONY: mutations
mutations: target/built $(TEST_PROGRAMS)
	$(MVN) verify -pl bindings,native,models/nano,api -Dtest=MutationTest -Dsurefire.failIfNoSpecifiedTests=false -Dspotless.check.skip \
	    -Dqwen4j.mutations.seed=$(SEED) -Dqwen4j.mutations.count=$(COUNT)

# ---- Soak ------------------------------------------------------------------------------------------------------------------------------------

SECONDS ?= 1800

.PHONY: soak
soak: target/built $(TEST_PROGRAMS)
	$(MVN) verify -pl bindings,native,models/nano,api -Dtest=SoakTest -Dsurefire.failIfNoSpecifiedTests=false -Dspotless.check.skip \
	    -Dqwen4j.soak.seconds=$(SECONDS) -Dqwen4j.soak.seed=$(SEED)

# ---- For any CPU of this platform ------------------------------------------------------------------------------------------------------------

PACKAGE       := native/build-package
PACKAGE_FLAGS := -DGGML_NATIVE=OFF -DGGML_BACKEND_DL=ON -DGGML_CPU_ALL_VARIANTS=ON

$(eval $(call CONFIGURED,$(PACKAGE),$(PACKAGE_FLAGS)))

.PHONY: package
package: target/built $(PACKAGE)/settings
	ninja -C $(PACKAGE) qwen4j
	$(MVN) --quiet package -DskipTests -Dspotless.check.skip -pl bindings,native \
	    -Dqwen4j.native.dir=$(CURDIR)/$(PACKAGE)/lib -Dqwen4j.native.target=$(CURDIR)/$(PACKAGE)/jar
	toolchain/try-package.sh $(CURDIR)/$(PACKAGE)/jar

# ---- With ASan and UBSan -----------------------------------------------------------------------------------------------------------------------

SANITIZE      := native/build-sanitize

$(eval $(call CONFIGURED,$(SANITIZE),-DQWEN4J_SANITIZE=ON))

.PHONY: sanitize
sanitize: $(SANITIZE)/settings
	ninja -C $(SANITIZE) qwen4j oracle
	toolchain/sanitize.sh $(CURDIR)/$(SANITIZE)

.PHONY: install
install: target/built
	$(MVN) --quiet install -DskipTests -Dspotless.check.skip -pl .,bindings,native,models/nano,api

.PHONY: bindings
bindings: $(NATIVE)/settings
	bindings/jextract.sh

.PHONY: format
format: | preflight
	$(MVN) --quiet spotless:apply

.PHONY: clean
clean:
	rm -rf native/build native/build-package native/build-sanitize target */target */*/target

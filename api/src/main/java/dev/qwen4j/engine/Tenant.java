package dev.qwen4j.engine;

/** One of those whose sessions an engine serves: what was done for it. For the engine's thread, or whoever holds the queue's lock. */
final class Tenant {
    private final String name;
    private double served;
    private int waiting;
    private int active;
    private long reused;
    private long computed;
    private long generated;

    Tenant(String name) {
        this.name = name;
    }

    String name() {
        return name;
    }

    /** How much was computed for it, against which tenants are compared; one that had nothing to ask for does not save it up. */
    double served() {
        return served;
    }

    void atLeast(double others) {
        served = Math.max(served, others);
    }

    void waiting(int change) {
        waiting += change;
    }

    int active() {
        return active;
    }

    void active(int change) {
        active += change;
    }

    boolean isIdle() {
        return waiting == 0 && active == 0;
    }

    void reused(int tokens) {
        reused += tokens;
    }

    void computed(int tokens) {
        computed += tokens;
        served += tokens;
    }

    void generated(int tokens) {
        generated += tokens;
    }

    TenantStats stats() {
        return new TenantStats(waiting, active, reused, computed, generated);
    }
}

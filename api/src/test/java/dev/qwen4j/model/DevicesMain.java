package dev.qwen4j.model;

import dev.qwen4j.Devices;
import dev.qwen4j.NumaStrategy;

/** Prints what is not used. */
final class DevicesMain {
    private DevicesMain() {}

    public static void main(String[] args) {
        Devices.rejected()
                .forEach(backend -> System.out.println("rejected " + backend.path() + ": " + backend.reason()));
        System.out.println("numa " + Devices.optimizeForNuma(NumaStrategy.DISTRIBUTE));
        System.out.println("numa " + Devices.optimizeForNuma(NumaStrategy.ISOLATE));
    }
}

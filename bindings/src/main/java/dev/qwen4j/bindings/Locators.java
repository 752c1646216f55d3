package dev.qwen4j.bindings;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;

/**
 * The natives jars that are visible from here, and those that are in sight but cannot be used.
 *
 * @param usable the locators, each class once
 * @param broken why others do not count, for messages
 */
record Locators(List<NativesLocator> usable, List<String> broken) {
    /** A broken provider may be reported again and again. */
    private static final int MOST_BROKEN = 20;

    /**
     * Asks Qwen4j's own class loader, and then the thread's: in a container the natives jar may be visible to either.
     */
    static Locators find() {
        var usable = new ArrayList<NativesLocator>();
        var broken = new LinkedHashSet<String>();
        collect(ServiceLoader.load(NativesLocator.class, NativesLocator.class.getClassLoader()), usable, broken);
        collect(ServiceLoader.load(NativesLocator.class), usable, broken);
        return new Locators(List.copyOf(usable), List.copyOf(broken));
    }

    Optional<NativesLocator> forPlatform(Platform platform) {
        return usable.stream()
                .filter(locator -> locator.platform().equals(platform.name()))
                .findFirst();
    }

    private static void collect(
            ServiceLoader<NativesLocator> loader, List<NativesLocator> usable, LinkedHashSet<String> broken) {
        var locators = loader.iterator();
        for (int failures = 0; failures < MOST_BROKEN; ) {
            try {
                if (!locators.hasNext()) {
                    return;
                }
                var locator = locators.next();
                if (usable.stream().noneMatch(known -> known.getClass() == locator.getClass())) {
                    usable.add(locator);
                }
            } catch (ServiceConfigurationError | LinkageError e) {
                // For example the provider of another copy of Qwen4j, seen through the thread's class loader.
                broken.add(String.valueOf(e.getMessage()));
                failures++;
            }
        }
    }

    /** What was found, for a message. */
    String described() {
        var found = new ArrayList<String>();
        usable.forEach(locator ->
                found.add(locator.platform() + " (" + locator.getClass().getName() + ")"));
        broken.forEach(why -> found.add("unusable (" + why + ")"));
        return found.isEmpty() ? "none" : String.join(", ", found);
    }
}

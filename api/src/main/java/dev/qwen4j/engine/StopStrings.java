package dev.qwen4j.engine;

import java.util.List;

/** Lets text through as it comes, except what is, or could become, one of some texts that end it. */
final class StopStrings {
    private final List<String> stops;
    private final StringBuilder held = new StringBuilder();
    private boolean reached;

    StopStrings(List<String> stops) {
        this.stops = stops;
    }

    /** Whether one of them came; what is before it has been let through. */
    boolean isReached() {
        return reached;
    }

    /** Takes more text; says what may be shown. */
    String add(String text) {
        if (stops.isEmpty()) {
            return text;
        }
        held.append(text);
        int first = first();
        reached = first >= 0;
        var shown = held.substring(0, reached ? first : held.length() - possibleBeginning());
        held.delete(0, shown.length());
        return shown;
    }

    /** What was held back, after the last text. */
    String finish() {
        return reached ? "" : held.toString();
    }

    private int first() {
        return stops.stream()
                .mapToInt(held::indexOf)
                .filter(at -> at >= 0)
                .min()
                .orElse(-1);
    }

    /** The length of the longest end of the text that a stop begins with. */
    private int possibleBeginning() {
        int longest = 0;
        for (var stop : stops) {
            for (int length = Math.min(held.length(), stop.length() - 1); length > longest; length--) {
                if (stop.startsWith(held.substring(held.length() - length))) {
                    longest = length;
                }
            }
        }
        return longest;
    }
}

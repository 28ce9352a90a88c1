package dev.sepconv;

/** The sentences for values that are not allowed: each names the argument, the value and what is allowed. */
final class Checks {

    private Checks() {
    }

    static void atLeast(String name, int value, int least) {
        if (value < least) {
            throw new IllegalArgumentException("%s is %d; it must be at least %d".formatted(name, value, least));
        }
    }

    /** Refuses a product of sizes that one array can't hold, before anyone allocates it. */
    static void elements(String what, int... sizes) {
        long product = 1;
        for (int size : sizes) {
            product *= size;
            if (product > Shape.MAX_ELEMENTS) {
                throw new IllegalArgumentException(
                        "%s is too large; one tensor may have at most %d elements".formatted(what, Shape.MAX_ELEMENTS));
            }
        }
    }
}

package dev.sepconv;

import java.util.Arrays;
import java.util.function.Supplier;

/**
 * The sentences for values that are not allowed: each names the argument, the value and what is
 * allowed.
 */
final class Checks {

    private Checks() {
    }

    /** A number and what it counts: {@code 1 channel}, {@code 2 channels}. */
    static String count(long number, String thing) {
        return "%d %s%s".formatted(number, thing,
                number == 1 ? "" : thing.endsWith("s") ? "es" : "s");
    }

    static void atLeast(String name, int value, int least) {
        if (value < least) {
            throw new IllegalArgumentException(
                    "%s is %d; it must be at least %d".formatted(name, value, least));
        }
    }

    /** Refuses an index that is not from 0 to below an axis's size. */
    static void index(String axis, int index, int size, Object of) {
        if (index < 0 || index >= size) {
            throw new IndexOutOfBoundsException(
                    "%s is %d; %s has %d, counted from 0".formatted(axis, index, of, size));
        }
    }

    /**
     * Refuses a product of sizes that one array can't hold, before anyone allocates it.
     *
     * @param words say what it is, with the sizes as {@code %d}: put together for a refusal only,
     * since a network has many arrays
     */
    static void elements(String words, int... sizes) {
        if (!fit(sizes)) {
            throw tooLarge(words.formatted(Arrays.stream(sizes).boxed().toArray()));
        }
    }

    /** Whether one array can hold a product of sizes. */
    static boolean fit(int... sizes) {
        long product = 1;
        for (int size : sizes) {
            product *= size;
            if (product > Shape.MAX_ELEMENTS) {
                return false;
            }
        }
        return true;
    }

    static IllegalArgumentException tooLarge(String what) {
        return new IllegalArgumentException("%s is too large; one tensor may have at most %s"
                .formatted(what, count(Shape.MAX_ELEMENTS, "element")));
    }

    /**
     * What is made, unless Java's heap has no room for it.
     *
     * @throws OutOfMemoryException the sentence names {@code what} and its size
     */
    static <T> T room(String what, Object size, Supplier<T> make) {
        try {
            return make.get();
        } catch (OutOfMemoryError e) {
            throw new OutOfMemoryException(
                    "there is no room for %s %s: give Java more memory with -Xmx, which is %d MiB now"
                            .formatted(what, size, Runtime.getRuntime().maxMemory() >> 20),
                    e);
        }
    }
}

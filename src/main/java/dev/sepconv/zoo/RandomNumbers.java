package dev.sepconv.zoo;

/**
 * The numbers that {@link java.util.Random#nextDouble(double, double)} gives, many at once: a
 * network has millions, and that one's every step is an atomic one of a shared seed.
 */
final class RandomNumbers {

    /** The linear congruential generator that {@link java.util.Random} specifies. */
    private static final long MULTIPLIER = 0x5DEECE66DL;
    private static final long ADDEND = 0xBL;
    private static final long MASK = (1L << 48) - 1;
    private static final double UNIT = 0x1p-53;

    private long state;

    RandomNumbers(long seed) {
        state = (seed ^ MULTIPLIER) & MASK;
    }

    /** Numbers drawn evenly from {@code centre - bound} to {@code centre + bound}. */
    float[] next(int count, double centre, double bound) {
        float[] numbers = new float[count];
        long now = state;
        for (int i = 0; i < count; i++) {
            now = now * MULTIPLIER + ADDEND & MASK;
            long high = now >>> 22; // 26 bits
            now = now * MULTIPLIER + ADDEND & MASK;
            double share = ((high << 27) + (now >>> 21)) * UNIT;
            double drawn = share * (bound + bound) - bound;
            numbers[i] = (float) (centre + (drawn >= bound ? Math.nextDown(bound) : drawn));
        }
        state = now;
        return numbers;
    }
}

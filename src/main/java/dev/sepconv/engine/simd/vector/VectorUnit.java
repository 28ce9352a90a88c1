package dev.sepconv.engine.simd.vector;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/**
 * The vector unit of this machine. The compiler makes vector instructions only where the species is
 * a static constant, so it is one for the whole engine: the machine's widest, or what the system
 * property {@value #PROPERTY} says (128, 256 or 512).
 */
public final class VectorUnit {

    public static final String PROPERTY = "sepconv.simd.bits";

    public static final VectorSpecies<Float> SPECIES = species();

    /** Floats in a vector. */
    public static final int LANES = SPECIES.length();

    /** Vector registers: AVX-512 and ARM have 32; older x86 has 16. */
    public static final int REGISTERS = FloatVector.SPECIES_PREFERRED.length() >= 16
            || System.getProperty("os.arch").equals("aarch64") ? 32 : 16;

    private VectorUnit() {
    }

    private static VectorSpecies<Float> species() {
        Integer bits = Integer.getInteger(PROPERTY);
        return bits == null
                ? FloatVector.SPECIES_PREFERRED
                : VectorSpecies.of(float.class, VectorShape.forBitSize(bits));
    }

    /** The least multiple that is no less than a count. */
    public static int roundUp(int count, int multiple) {
        return Math.ceilDiv(count, multiple) * multiple;
    }
}

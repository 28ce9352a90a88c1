package dev.sepconv.graph;

import dev.sepconv.Node;
import dev.sepconv.Op;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * What an array is as a polynomial of another, {@code sum of factors[i] * x^i}, so that it doesn't
 * matter in which order a model adds and multiplies.
 */
final class Polynomial {

    private static final int DEGREE = 3;
    /**
     * A form has a few nodes; without a limit a chain of squares would take for ever, and one of
     * 100,000 negations no thread's stack.
     */
    static final int MOST_NODES = 16;

    private final Wiring wiring;
    private final String x;
    private int nodes;

    private Polynomial(Wiring wiring, String x) {
        this.wiring = wiring;
        this.x = x;
    }

    /**
     * Whether {@code array} is the polynomial of {@code x} with these factors, each off by some
     * roundings at most.
     */
    static boolean is(Wiring wiring, String array, String x, double... factors) {
        return new Polynomial(wiring, x).of(array).filter(found -> {
            for (int i = 0; i <= DEGREE; i++) {
                if (!near(found[i], i < factors.length ? factors[i] : 0)) {
                    return false;
                }
            }
            return true;
        }).isPresent();
    }

    /** Whether two numbers differ by roundings only: exporters write six or seven digits. */
    static boolean near(double value, double wanted) {
        return Math.abs(value - wanted) <= 1e-6 * Math.abs(wanted);
    }

    private Optional<double[]> of(String array) {
        if (array.equals(x)) {
            return Optional.of(new double[]{0, 1, 0, 0});
        }
        OptionalDouble number = Uniform.number(wiring, array);
        if (number.isPresent()) {
            return Optional.of(new double[]{number.getAsDouble(), 0, 0, 0});
        }
        Optional<Node> maker = wiring.maker(array);
        if (maker.isEmpty() || ++nodes > MOST_NODES) {
            return Optional.empty();
        }
        Optional<Uniform> uniform = Uniform.of(wiring, maker.get());
        if (uniform.isPresent()) {
            return of(uniform.get().input())
                    .map(p -> scaled(p, uniform.get().scale(), uniform.get().shift()));
        }
        if (!(maker.get().op() instanceof Op.Binary binary)) {
            return Optional.empty();
        }
        Optional<double[]> left = of(maker.get().inputs().get(0));
        Optional<double[]> right = left.flatMap(p -> of(maker.get().inputs().get(1)));
        return right.flatMap(q -> switch (binary.kind()) {
            case ADD -> Optional.of(sum(left.get(), q, 1));
            case SUB -> Optional.of(sum(left.get(), q, -1));
            case MUL -> product(left.get(), q);
            default -> Optional.empty();
        });
    }

    private static double[] scaled(double[] p, double scale, double shift) {
        return new double[]{scale * p[0] + shift, scale * p[1], scale * p[2], scale * p[3]};
    }

    private static double[] sum(double[] p, double[] q, int sign) {
        double[] sum = p.clone();
        for (int i = 0; i <= DEGREE; i++) {
            sum[i] += sign * q[i];
        }
        return sum;
    }

    /** None where the degree would be too high. */
    private static Optional<double[]> product(double[] p, double[] q) {
        double[] product = new double[DEGREE + 1];
        for (int i = 0; i <= DEGREE; i++) {
            for (int j = 0; j <= DEGREE; j++) {
                double term = p[i] * q[j];
                if (i + j <= DEGREE) {
                    product[i + j] += term;
                } else if (term != 0) {
                    return Optional.empty();
                }
            }
        }
        return Optional.of(product);
    }
}

package dev.sepconv.cli;

import dev.sepconv.Activation;
import dev.sepconv.Fusion;
import dev.sepconv.Layout;
import dev.sepconv.Padding;
import dev.sepconv.Shape;
import dev.sepconv.compare.Settings;
import dev.sepconv.io.Printable;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** How option values are read. */
final class Converters {

    private Converters() {
    }

    /** Rows and columns: {@code 2} for both, or {@code 2,1}. */
    record Pair(int height, int width) {
    }

    /** Reads a {@link Pair}. */
    static final class PairConverter implements ITypeConverter<Pair> {
        @Override
        public Pair convert(String value) {
            List<Integer> numbers = integers(value, ",");
            return switch (numbers.size()) {
                case 1 -> new Pair(numbers.getFirst(), numbers.getFirst());
                case 2 -> new Pair(numbers.get(0), numbers.get(1));
                default -> throw new TypeConversionException(
                        "'%s' has %s; it must have one, or two as HEIGHT,WIDTH".formatted(value,
                                Printable.count(numbers.size(), "number")));
            };
        }
    }

    /** Reads a picture's size as a {@link Pair}: {@code 224x112}, or {@code 224} for a square. */
    static final class SizeConverter implements ITypeConverter<Pair> {
        @Override
        public Pair convert(String value) {
            List<Integer> numbers = integers(value, "[xX]");
            if (numbers.size() > 2) {
                throw new TypeConversionException("'%s' has %s; it must be HEIGHTxWIDTH"
                        .formatted(value, Printable.count(numbers.size(), "number")));
            }
            return new Pair(numbers.getFirst(), numbers.getLast());
        }
    }

    /**
     * Reads {@code 1}, {@code 1,2}, {@code t,l,b,r}, {@code same}, {@code same-lower} or
     * {@code valid}.
     */
    static final class PaddingConverter implements ITypeConverter<Padding> {
        @Override
        public Padding convert(String value) {
            switch (value) {
                case "same", "same-upper" :
                    return Padding.SAME_UPPER;
                case "same-lower" :
                    return Padding.SAME_LOWER;
                case "valid" :
                    return Padding.VALID;
                default :
                    List<Integer> sides = integers(value, ",", ", or same, same-lower or valid");
                    if (sides.stream().anyMatch(side -> side < 0)) {
                        throw new TypeConversionException(
                                "'%s' is negative; padding must be at least 0".formatted(value));
                    }
                    return switch (sides.size()) {
                        case 1 -> Padding.of(sides.getFirst());
                        case 2 -> Padding.of(sides.get(0), sides.get(1));
                        case 4 ->
                            Padding.of(sides.get(0), sides.get(1), sides.get(2), sides.get(3));
                        default -> throw new TypeConversionException(
                                "'%s' has %s; it must have one, two as VERTICAL,HORIZONTAL, or four as TOP,LEFT,BOTTOM,RIGHT"
                                        .formatted(value, Printable.count(sides.size(), "number")));
                    };
            }
        }
    }

    /** Reads a {@link Layout} by its name in small letters. */
    static final class LayoutConverter implements ITypeConverter<Layout> {
        @Override
        public Layout convert(String value) {
            return constant(Layout.values(), value);
        }
    }

    /** Reads a {@link Fusion} by its name in small letters. */
    static final class FusionConverter implements ITypeConverter<Fusion> {
        @Override
        public Fusion convert(String value) {
            return constant(Fusion.values(), value);
        }
    }

    /** Reads a part of {@code compare} by its name in small letters. */
    static final class PartConverter implements ITypeConverter<Settings.Part> {
        @Override
        public Settings.Part convert(String value) {
            return constant(Settings.Part.values(), value);
        }
    }

    /** The constant with that name, written in small letters with hyphens. */
    static <E extends Enum<E>> E constant(E[] constants, String value) {
        for (E constant : constants) {
            if (name(constant).equals(value)) {
                return constant;
            }
        }
        throw new TypeConversionException("'%s' is unknown; it must be %s".formatted(value,
                String.join(" or ", Arrays.stream(constants).map(Converters::name).toList())));
    }

    /** A constant's name as people write it: {@code depthwise-first}. */
    static String name(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** Reads an activation's name; {@code leaky-relu} may have a slope after a colon. */
    static final class ActivationConverter implements ITypeConverter<Activation> {
        /** PyTorch's and ONNX's. */
        private static final float DEFAULT_SLOPE = 0.01f;

        @Override
        public Activation convert(String value) {
            return switch (value) {
                case "none" -> Activation.NONE;
                case "relu" -> Activation.RELU;
                case "relu6" -> Activation.RELU6;
                case "hard-swish" -> Activation.HARD_SWISH;
                case "sigmoid" -> Activation.SIGMOID;
                case "silu" -> Activation.SILU;
                case "gelu" -> Activation.GELU;
                case "gelu-tanh" -> Activation.GELU_TANH;
                case "tanh" -> Activation.TANH;
                case "hard-sigmoid" -> Activation.HARD_SIGMOID;
                case "mish" -> Activation.MISH;
                case "leaky-relu" -> Activation.leakyRelu(DEFAULT_SLOPE);
                default -> {
                    if (!value.startsWith("leaky-relu:")) {
                        throw new TypeConversionException(
                                "'%s' is unknown; it must be none, relu, relu6, leaky-relu[:SLOPE], hard-swish, sigmoid, silu, gelu, gelu-tanh, tanh, hard-sigmoid or mish"
                                        .formatted(value));
                    }
                    yield Activation.leakyRelu(slope(value));
                }
            };
        }

        private static float slope(String value) {
            try {
                float slope = Float.parseFloat(value.substring(value.indexOf(':') + 1));
                if (Float.isFinite(slope)) {
                    return slope;
                }
            } catch (NumberFormatException e) {
                // said below
            }
            throw new TypeConversionException(
                    "'%s' has a slope that is no finite number".formatted(value));
        }
    }

    /**
     * Reads one number for all channels of a picture, or three: {@code 0.5} or
     * {@code 0.485,0.456,0.406}.
     */
    static final class ChannelsConverter implements ITypeConverter<List<Float>> {
        @Override
        public List<Float> convert(String value) {
            List<Float> numbers;
            try {
                numbers = Arrays.stream(value.split(",", -1))
                        .map(part -> Float.valueOf(part.strip())).toList();
            } catch (NumberFormatException e) {
                throw new TypeConversionException("'%s' is not made of numbers".formatted(value));
            }
            if (numbers.size() != 1 && numbers.size() != 3
                    || !numbers.stream().allMatch(Float::isFinite)) {
                throw new TypeConversionException(
                        "'%s' must be one finite number, or three as R,G,B".formatted(value));
            }
            return numbers;
        }
    }

    private static List<Integer> integers(String value, String separator) {
        return integers(value, separator, "");
    }

    private static List<Integer> integers(String value, String separator, String orElse) {
        try {
            return Arrays.stream(value.split(separator, -1))
                    .map(part -> Integer.valueOf(part.strip())).toList();
        } catch (NumberFormatException e) {
            throw new TypeConversionException("'%s' is not made of whole numbers up to %d%s"
                    .formatted(value, Integer.MAX_VALUE, orElse));
        }
    }

    /** Reads {@code C,H,W} or {@code N,C,H,W}. */
    static final class ShapeConverter implements ITypeConverter<Shape> {
        @Override
        public Shape convert(String value) {
            try {
                int[] sizes = Arrays.stream(value.split(",", -1))
                        .mapToInt(part -> Integer.parseInt(part.strip())).toArray();
                return switch (sizes.length) {
                    case 3 -> Shape.of(sizes[0], sizes[1], sizes[2]);
                    case 4 -> new Shape(sizes[0], sizes[1], sizes[2], sizes[3]);
                    default ->
                        throw new TypeConversionException("'%s' has %s; it must be C,H,W or N,C,H,W"
                                .formatted(value, Printable.count(sizes.length, "number")));
                };
            } catch (NumberFormatException e) {
                throw new TypeConversionException(
                        "'%s' is not made of whole numbers; it must be C,H,W or N,C,H,W"
                                .formatted(value));
            } catch (IllegalArgumentException e) {
                throw new TypeConversionException(e.getMessage());
            }
        }
    }
}

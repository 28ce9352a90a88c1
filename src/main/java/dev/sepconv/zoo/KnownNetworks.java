package dev.sepconv.zoo;

import dev.sepconv.Network;
import java.util.List;

/** The networks that can be had by name. */
public final class KnownNetworks {

    /**
     * The names; those of MobileNets may have a width multiplier after a colon:
     * {@code mobilenet-v1:0.5}.
     */
    public static final List<String> NAMES = List.of("mobilenet-v1", "mobilenet-v2", "xception",
            "alexnet");

    /** The side of the square pictures that the papers' figures are for. */
    private static final int MOBILENET_SIDE = 224;
    private static final int XCEPTION_SIDE = 299;

    private KnownNetworks() {
    }

    /** Whether {@link #of} knows that name. */
    public static boolean isKnown(String name) {
        return NAMES.contains(name.split(":", 2)[0]);
    }

    /**
     * The network of that name with random weights from a fixed seed.
     *
     * @param height null, as width, for the papers' size: 224, for Xception 299, for AlexNet 227
     * @throws IllegalArgumentException if there is none of that name, or it can't be so narrow or
     * small
     */
    public static Network of(String name, Integer height, Integer width) {
        String[] parts = name.split(":", 2);
        int usual = switch (parts[0]) {
            case "xception" -> XCEPTION_SIDE;
            case "alexnet" -> AlexNet.SIDE;
            default -> MOBILENET_SIDE;
        };
        int h = height == null ? usual : height;
        int w = width == null ? usual : width;
        Parameters random = Parameters.random(1);
        return switch (parts[0]) {
            case "mobilenet-v1" -> MobileNets.v1(alpha(parts), h, w, random);
            case "mobilenet-v2" -> MobileNets.v2(alpha(parts), h, w, random);
            case "xception" -> {
                refuseMultiplier(parts, name);
                yield Xception.of(h, w, random);
            }
            case "alexnet" -> {
                refuseMultiplier(parts, name);
                yield AlexNet.of(h, w, random);
            }
            default -> throw new IllegalArgumentException("network is '%s'; it must be one of %s"
                    .formatted(name, String.join(", ", NAMES)));
        };
    }

    private static void refuseMultiplier(String[] parts, String name) {
        if (parts.length > 1) {
            throw new IllegalArgumentException(
                    "network is '%s'; %s has no width multiplier".formatted(name, parts[0]));
        }
    }

    private static double alpha(String[] parts) {
        try {
            return parts.length > 1 ? Double.parseDouble(parts[1]) : 1;
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("width multiplier of %s is '%s'; it must be a number"
                    .formatted(parts[0], parts[1]), e);
        }
    }
}

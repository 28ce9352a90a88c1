package dev.sepconv;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a debugger or a log shows of the API's values. */
class ToStringTest {

    /** It is made and used up in one statement. */
    private static final List<Class<?>> NEED_NONE = List.of(Network.Builder.class);

    @Test
    void everyPublicValueSaysWhatItIs() {
        List<String> silent = new ArrayList<>();
        for (JavaClass found : new ClassFileImporter()
                .withImportOption(new ImportOption.DoNotIncludeTests())
                .importPackages("dev.sepconv")) {
            if (!found.getPackageName().equals("dev.sepconv")) {
                continue;
            }
            Class<?> type = found.reflect();
            boolean value = Modifier.isPublic(type.getModifiers()) && !type.isInterface()
                    && !type.isEnum() && !Throwable.class.isAssignableFrom(type);
            boolean arrays = type.isRecord() && Arrays.stream(type.getRecordComponents())
                    .anyMatch(component -> component.getType().isArray());
            if (value && !NEED_NONE.contains(type) && (arrays || !type.isRecord())
                    && hasInheritedText(type)) {
                silent.add(type.getName());
            }
        }
        assertEquals(List.of(), silent);
    }

    /**
     * Java makes a record's method as one that calls ObjectMethods; its bytes can't be told from
     * one of ours but by running it.
     */
    private static boolean hasInheritedText(Class<?> type) {
        if (!type.isRecord()) {
            return Arrays.stream(type.getDeclaredMethods())
                    .noneMatch(method -> method.getName().equals("toString"));
        }
        return new ClassFileImporter().importClass(type).getMethod("toString")
                .getMethodCallsFromSelf().isEmpty();
    }

    @Test
    void weightsAndOperationsGiveSizesAndNoAddresses() {
        assertEquals("ConvWeights of 3 numbers and no bias", ConvWeights.of(1, 2, 3).toString());
        assertEquals("ConvWeights of 1 number and a bias of 1",
                new ConvWeights(new float[1], new float[1]).toString());
        assertEquals("ScaleShift of 2 channels",
                new Op.ScaleShift(new float[2], new float[2]).toString());
        assertEquals("PRelu of 1 slope", new Op.PRelu(new float[1]).toString());
        assertEquals(
                "FullyConnected[inputs=3, outputs=2, bias=none, activation=%s]"
                        .formatted(Activation.NONE),
                new Op.FullyConnected(2, new float[6], null, Activation.NONE).toString());
    }
}

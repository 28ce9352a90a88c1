package dev.sepconv.spark;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.ArchConfiguration;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/** Who may know Spark: what is in the jar of its own. */
class SparkArchitectureTest {

    static {
        ArchConfiguration.get().setResolveMissingDependenciesFromClassPath(false);
    }

    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests()).importPackages("dev.sepconv");

    @Test
    void sparkIsKnownInItsOwnJarAlone() {
        noClasses().that().resideOutsideOfPackage("dev.sepconv.spark").and()
                .haveNameNotMatching("dev\\.sepconv\\.cli\\.Spark.*").should().dependOnClassesThat()
                .resideInAnyPackage("org.apache.spark..", "org.apache.hadoop..", "scala..",
                        "dev.sepconv.spark")
                .check(CLASSES);
    }

    @Test
    void thePackageSeesNeitherCommandsNorReportsNorEnginesInsides() {
        noClasses().that().resideInAPackage("dev.sepconv.spark").should().dependOnClassesThat()
                .resideInAnyPackage("dev.sepconv.cli", "dev.sepconv.report", "dev.sepconv.survey",
                        "dev.sepconv.engine.tornado..", "dev.sepconv.engine.simd..",
                        "dev.sepconv.engine.java..", "dev.sepconv.engine.plain..",
                        "dev.sepconv.engine.lower..")
                .check(CLASSES);
    }
}

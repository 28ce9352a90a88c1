package dev.sepconv.decouple;

import java.util.Optional;
import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.SingularOps_DDRM;
import org.ejml.dense.row.factory.DecompositionFactory_DDRM;
import org.ejml.interfaces.decomposition.SingularValueDecomposition_F64;

/**
 * A matrix as the sum of left[.][t] * values[t] * right[.][t]. The one class here that uses EJML,
 * an optional dependency: so that {@link Decoupling} can be loaded without it, and say that it is
 * missing.
 *
 * @param values in descending order, with zeros at the end
 * @param left orthonormal columns, {@code [rows][t]}
 * @param right orthonormal columns, {@code [columns][t]}
 */
record SingularValues(double[] values, double[][] left, double[][] right) {

    /** Empty where the iteration doesn't converge. */
    static Optional<SingularValues> of(double[][] matrix, int terms) {
        SingularValueDecomposition_F64<DMatrixRMaj> svd = DecompositionFactory_DDRM
                .svd(matrix.length, matrix[0].length, true, true, true);
        if (!svd.decompose(new DMatrixRMaj(matrix))) {
            return Optional.empty();
        }
        DMatrixRMaj u = svd.getU(null, false);
        DMatrixRMaj v = svd.getV(null, false);
        double[] values = svd.getSingularValues();
        SingularOps_DDRM.descendingOrder(u, false, values, terms, v, false);
        return Optional.of(new SingularValues(values, u.get2DData(), v.get2DData()));
    }
}

"""What the graphs of TensorFlow write and read."""

from typing import Any

import tensorflow as tf

from collector.keras.graphs import first_read, is_made_of, written


def test_that_what_a_graph_writes_is_found_in_functions_branches_and_loops() -> None:
    called, chosen, repeated, read = (tf.Variable(0.0) for _ in range(4))

    @tf.function
    def calls() -> Any:
        return called.assign_add(read)

    @tf.function
    def run() -> Any:
        calls()
        tf.cond(read > 1, lambda: chosen.assign_add(1.0), chosen.value)
        return tf.while_loop(lambda n: n < 3, lambda n: n + 1 + 0 * repeated.assign_add(1.0), [tf.constant(0.0)])

    found = written(run.get_concrete_function().graph)
    assert {id(each.handle) for each in (called, chosen, repeated)} <= set(found)


def test_that_what_a_tensor_is_made_of_is_found_behind_calls() -> None:
    one, other = tf.Variable(1.0), tf.Variable(2.0)
    found = []

    @tf.function
    def both(given: Any) -> tuple[Any, Any]:
        return one * given, other * given

    @tf.function
    def run(given: Any) -> Any:
        first, second = both(given + other)
        third, _ = both(given)
        for tensor in (first, second, third):
            found.append([is_made_of(tensor, {id(each.handle)}) for each in (one, other)])
        return first

    run.get_concrete_function(tf.constant(0.0))
    assert found == [[True, True], [False, True], [True, False]]


def test_that_the_first_reading_of_a_variable_is_what_it_held_before_the_graph_ran() -> None:
    read, changed = tf.Variable(1.0), tf.Variable(2.0)
    found = []

    @tf.function
    def run() -> Any:
        read.assign(read * 10.0)
        read.assign_add(1.0)
        changed.assign_add(read)
        changed.assign(changed * 2.0)
        graph = tf.compat.v1.get_default_graph()
        found.append(first_read(graph, changed))
        return first_read(graph, read)

    assert [float(run()), float(run())] == [1.0, 11.0]
    assert found
    assert not any(each is not None for each in found)

"""Operations as data: parameters, bodies, responses, pagination, products."""

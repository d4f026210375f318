"""Energies and forces, trajectories and their adjoints, geometry: what is differentiated by hand elsewhere."""

import numpy as np
from entry import cached, gradient, normal, positive, value_and_gradient, vjp


def lennard_jones(pos):
    e = 0.0
    for i in range(len(pos)):
        for j in range(i + 1, len(pos)):
            r2 = np.sum((pos[i] - pos[j]) ** 2)
            e = e + 4 * (r2**-6 - r2**-3)  # vertex
    return e


def lennard_jones_grad(pos):
    g = np.zeros_like(pos)
    for i in range(len(pos)):
        for j in range(i + 1, len(pos)):
            d = pos[i] - pos[j]
            r2 = d @ d
            # fault wrong constant | pos | f = 4 * (-12 * r2**-7 + 3 * r2**-4) * d
            f = 4 * (-12 * r2**-7 + 6 * r2**-4) * d
            g[i] += f
            g[j] -= f
    return g


def springs(x, bonds, k, l0):
    d = x[bonds[:, 0]] - x[bonds[:, 1]]  # vertex
    return 0.5 * k * np.sum((np.linalg.norm(d, axis=1) - l0) ** 2)


def springs_grad(x, bonds, k, l0):
    d = x[bonds[:, 0]] - x[bonds[:, 1]]
    r = np.linalg.norm(d, axis=1)
    f = (k * (r - l0) / np.where(r > 0, r, 1.0))[:, None] * d
    g = np.zeros_like(x)
    # fault repeated ids | x | g[bonds[:, 0]] += f
    np.add.at(g, bonds[:, 0], f)
    np.add.at(g, bonds[:, 1], -f)
    # the derivatives by the constant and the lengths
    return g, 0.5 * np.sum((r - l0) ** 2), -k * (r - l0)


def coulomb(pos, q):
    d = pos[:, None] - pos
    r = np.sqrt(np.sum(d**2, axis=-1) + np.eye(len(q)))
    energy = np.sum(np.triu(np.outer(q, q) / r, 1))  # vertex
    w = (np.outer(q, q) / r**3) * (1 - np.eye(len(q)))
    potential = ((1 / r) * (1 - np.eye(len(q)))) @ q
    # fault sign | pos | return energy, (np.sum(w[:, :, None] * d, axis=1), potential)
    return energy, (-np.sum(w[:, :, None] * d, axis=1), potential)


def morse(r, D, a, r0):
    return D * (1 - np.exp(-a * (r - r0))) ** 2  # vertex


def morse_back(args, out, ct):
    r, D, a, r0 = args
    e = np.exp(-a * (r - r0))
    g = 2 * D * (1 - e) * e * ct
    # fault sign | r0 | return g * a, np.sum(ct * (1 - e) ** 2), np.sum(g * (r - r0)), np.sum(g * a)
    return g * a, np.sum(ct * (1 - e) ** 2), np.sum(g * (r - r0)), -np.sum(g * a)


def bond_angle(a, b, c):
    u, v = a - b, c - b
    return np.arccos(u @ v / (np.linalg.norm(u) * np.linalg.norm(v)))  # vertex


def bond_angle_grad(a, b, c):
    u, v = a - b, c - b
    nu, nv = np.linalg.norm(u), np.linalg.norm(v)
    cos = u @ v / (nu * nv)
    s = -1 / np.sqrt(1 - cos**2)
    # fault missing term | a | du = s * v / (nu * nv)
    du = s * (v / (nu * nv) - cos * u / nu**2)
    dv = s * (u / (nu * nv) - cos * v / nv**2)
    return du, -du - dv, dv


def pendulum(theta, omega, length):
    return 0.5 * length**2 * omega**2 + 9.81 * length * (1 - np.cos(theta))  # vertex


def pendulum_grad(theta, omega, length):
    # fault missing factor | length | return 9.81 * length * np.sin(theta), length**2 * omega, length * omega + 9.81 * (1 - np.cos(theta))
    return 9.81 * length * np.sin(theta), length**2 * omega, length * omega**2 + 9.81 * (1 - np.cos(theta))


def euler_steps(y, k, h=0.1, n=5):
    ys = [y]
    for _ in range(n):
        ys.append(ys[-1] + h * k * ys[-1] * (1 - ys[-1]))  # vertex
    return ys[-1], (ys, k, h)


def euler_adjoint(lam, cache):
    ys, k, h = cache
    dk = 0.0
    # fault wrong slice | y | for y in reversed(ys[1:]):
    for y in reversed(ys[:-1]):
        dk += np.sum(lam * h * y * (1 - y))
        lam = lam * (1 + h * k * (1 - 2 * y))
    return lam, dk


def rk4(y, w, h=0.2):
    f = lambda z: np.tanh(w @ z)
    k1 = f(y)
    k2 = f(y + h / 2 * k1)
    k3 = f(y + h / 2 * k2)  # vertex
    k4 = f(y + h * k3)
    return y + h / 6 * (k1 + 2 * k2 + 2 * k3 + k4), (y, w, h, k1, k2, k3, k4)


def rk4_adjoint(lam, cache):
    y, w, h, k1, k2, k3, k4 = cache
    dw = np.zeros_like(w)

    def pull(g, k, z):
        g = g * (1 - k**2)
        dw.__iadd__(np.outer(g, z))
        return w.T @ g

    z4 = pull(h / 6 * lam, k4, y + h * k3)
    z3 = pull(h / 3 * lam + h * z4, k3, y + h / 2 * k2)
    # fault wrong factor | y | z2 = pull(h / 3 * lam + h * z3, k2, y + h / 2 * k1)
    z2 = pull(h / 3 * lam + h / 2 * z3, k2, y + h / 2 * k1)
    z1 = pull(h / 6 * lam + h / 2 * z2, k1, y)
    return lam + z1 + z2 + z3 + z4, dw


def heat(u, kappa):
    return u[1:-1] + kappa * (u[2:] - 2 * u[1:-1] + u[:-2])  # vertex


def heat_back(args, out, ct):
    u, kappa = args
    du = np.zeros_like(u)
    du[1:-1] = (1 - 2 * kappa) * ct
    du[2:] += kappa * ct
    # fault window | u | du[: len(ct)] = kappa * ct
    du[:-2] += kappa * ct
    return du, np.sum(ct * (u[2:] - 2 * u[1:-1] + u[:-2]))


def burgers(u, dx, dt):
    return u - dt / dx * u * (u - np.roll(u, 1))  # vertex


def burgers_back(args, out, ct):
    u, dx, dt = args
    left, g = np.roll(u, 1), dt / dx * ct
    du = ct - g * (2 * u - left)
    # fault wrong slice | u | du += np.roll(g * u, 1)
    du += np.roll(g * u, -1)
    total = np.sum(ct * u * (u - left))
    return du, dt / dx**2 * total, -total / dx


def verlet(x, v, k, dt=0.1):
    for _ in range(3):
        v = v - 0.5 * dt * k * np.sin(x)  # vertex
        x = x + dt * v
        v = v - 0.5 * dt * k * np.sin(x)
    return np.stack([x, v])


def verlet_back(args, out, ct):
    x, v, k = args
    dt, trail = 0.1, []
    for _ in range(3):
        half = v - 0.5 * dt * k * np.sin(x)
        new = x + dt * half
        trail.append((x, new))
        x, v = new, half - 0.5 * dt * k * np.sin(new)
    gx, gv, gk = ct[0].copy(), ct[1].copy(), 0.0
    for old, new in reversed(trail):
        gk -= 0.5 * dt * np.sum(gv * np.sin(new))
        gx = gx - 0.5 * dt * k * np.cos(new) * gv
        gv = gv + dt * gx
        gk -= 0.5 * dt * np.sum(gv * np.sin(old))
        # fault missing factor | x | gx = gx - 0.5 * dt * np.cos(old) * gv
        gx = gx - 0.5 * dt * k * np.cos(old) * gv
    return gx, gv, gk


def arm(q, lengths):
    phi = np.cumsum(q)  # vertex
    return np.array([np.sum(lengths * np.cos(phi)), np.sum(lengths * np.sin(phi))])


def arm_back(args, out, ct):
    q, lengths = args
    phi = np.cumsum(q)
    dphi = lengths * (ct[1] * np.cos(phi) - ct[0] * np.sin(phi))
    # fault wrong slice | q | return np.cumsum(dphi), ct[0] * np.cos(phi) + ct[1] * np.sin(phi)
    return np.cumsum(dphi[::-1])[::-1], ct[0] * np.cos(phi) + ct[1] * np.sin(phi)


def rotate(x, axis, angle):
    return x * np.cos(angle) + np.cross(axis, x) * np.sin(angle) + axis * (axis @ x) * (1 - np.cos(angle))  # vertex


def rotate_back(args, out, ct):
    x, axis, angle = args
    c, s = np.cos(angle), np.sin(angle)
    # fault sign | x | dx = ct * c + np.cross(axis, ct) * s + axis * (axis @ ct) * (1 - c)
    dx = ct * c - np.cross(axis, ct) * s + axis * (axis @ ct) * (1 - c)
    daxis = np.cross(x, ct) * s + (ct * (axis @ x) + x * (axis @ ct)) * (1 - c)
    return dx, daxis, ct @ (-x * s + np.cross(axis, x) * c + axis * (axis @ x) * s)


def project(points, f, t):
    p = points + t
    return f * p[:, :2] / p[:, 2:3], (p, f)  # vertex


def project_back(d, cache):
    p, f = cache
    z = p[:, 2:3]
    dp = np.zeros_like(p)
    dp[:, :2] = f * d / z
    # fault missing factor | points | dp[:, 2] = -np.sum(f * d * p[:, :2], axis=1) / z[:, 0]
    dp[:, 2] = -np.sum(f * d * p[:, :2], axis=1) / z[:, 0] ** 2
    return dp, np.sum(d * p[:, :2] / z), dp.sum(axis=0)


def black_scholes(s, k, sigma):
    from scipy.stats import norm

    d1 = np.log(s / k) / sigma + sigma / 2
    d2 = d1 - sigma
    return s * norm.cdf(d1) - k * norm.cdf(d2), (s, k, sigma, d1, d2)  # vertex


def black_scholes_greeks(ct, cache):
    from scipy.stats import norm

    s, k, sigma, d1, d2 = cache
    # fault wrong cache | k | return ct * norm.cdf(d1), -ct * norm.cdf(d1), ct * s * norm.pdf(d1)
    return ct * norm.cdf(d1), -ct * norm.cdf(d2), ct * s * norm.pdf(d1)


P = np.array([[0.0, 0.0, 0.1], [1.1, 0.2, 0.0], [0.3, 1.2, -0.2]])
BONDS = np.array([[0, 1], [0, 2], [1, 2]])
AXIS = np.array([0.6, 0.0, 0.8])
K = np.array(1.4)

ENTRIES = [
    gradient("Lennard-Jones", lennard_jones, lennard_jones_grad, P),
    gradient("springs of a net", springs, springs_grad, P, BONDS, K, positive(1, 3)),
    value_and_gradient("charges", coulomb, P, normal(2, 3)),
    vjp("Morse potential", morse, morse_back, positive(3, 4), K, np.array(1.1), np.array(0.9)),
    gradient("angle of a bond", bond_angle, bond_angle_grad, P[0], P[1], P[2]),
    gradient("energy of a pendulum", pendulum, pendulum_grad, np.array(0.7), np.array(-0.4), np.array(1.3)),
    cached("Euler steps", euler_steps, euler_adjoint, positive(4, 3) / 3, K),
    cached("a Runge-Kutta step", rk4, rk4_adjoint, normal(5, 3), normal(6, 3, 3)),
    vjp("heat on a rod", heat, heat_back, normal(7, 7), np.array(0.2)),
    vjp("Burgers' equation, upwind", burgers, burgers_back, positive(8, 6), np.array(0.5), np.array(0.1)),
    vjp("leapfrog", verlet, verlet_back, normal(9, 2), normal(10, 2), K),
    vjp("robot arm", arm, arm_back, normal(11, 4), positive(12, 4)),
    vjp("rotation about an axis", rotate, rotate_back, normal(13, 3), AXIS, np.array(0.7)),
    cached("camera", project, project_back, normal(14, 3, 3), K, np.array([0.1, -0.2, 4.0])),
    cached("price of an option", black_scholes, black_scholes_greeks, positive(15, 3), positive(16, 3), positive(17, 3)),
]  # fmt: skip

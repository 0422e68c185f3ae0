/** Where the world serves a port: those under 1024 are not for a laptop's user to listen on. */
export const publicPort = (port: number): number => (port < 1024 ? port + 8000 : port);

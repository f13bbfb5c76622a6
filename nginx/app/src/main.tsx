/* main.tsx - where the app starts. */
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import "./styles/tokens.css";
import "./styles/base.css";
import { App } from "./app";
import { Boundary } from "./ui/boundary";

const root = document.getElementById("app");
if (root)
	createRoot(root).render(<StrictMode><Boundary><App /></Boundary></StrictMode>);
